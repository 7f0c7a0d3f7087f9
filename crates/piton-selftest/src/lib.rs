//! Kill points and forbidden things, tried on the user's own machine.
