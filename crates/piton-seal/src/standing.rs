//! How far a seal goes on this machine.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::support::Support;
use crate::wanted::{Network, Wanted};

/// How far a seal goes on this machine. It stands in run records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum Standing {
    Sealed {
        network: Network,
        /// What the kernel is too old for.
        gaps: Vec<Gap>,
    },
    /// Wanted, and not to be had here.
    Unavailable { gap: Gap },
    /// The user said so.
    Off,
}

/// What cannot be sealed here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Gap {
    /// The system is no Linux, or its Landlock is missing or too old.
    NoLandlock,
    Truncating,
    Signals,
    /// The network stays on, although less was asked for.
    Network,
}

/// A seal that is required and cannot be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("seal = \"require\", and {0}")]
pub struct Refused(pub Gap);

impl Standing {
    /// Decides from what is wanted and what the kernel can do.
    pub fn decide(wanted: Wanted, network: Network, support: Support) -> Result<Self, Refused> {
        if wanted == Wanted::Off {
            return Ok(Self::Off);
        }
        if support.landlock < Support::LEAST {
            return match wanted {
                Wanted::Require => Err(Refused(Gap::NoLandlock)),
                Wanted::Auto | Wanted::Off => Ok(Self::Unavailable {
                    gap: Gap::NoLandlock,
                }),
            };
        }
        let mut gaps = Vec::new();
        if support.landlock < Support::TRUNCATE {
            gaps.push(Gap::Truncating);
        }
        if support.landlock < Support::SIGNALS {
            gaps.push(Gap::Signals);
        }
        let cut = network != Network::On;
        if cut && !support.namespaces {
            if wanted == Wanted::Require {
                return Err(Refused(Gap::Network));
            }
            gaps.push(Gap::Network);
        }
        Ok(Self::Sealed {
            network: if support.namespaces {
                network
            } else {
                Network::On
            },
            gaps,
        })
    }

    /// Returns the network that a seal of this standing can have.
    pub fn network(&self) -> Network {
        match self {
            Self::Sealed { network, .. } => *network,
            Self::Unavailable { .. } | Self::Off => Network::On,
        }
    }

    pub fn is_sealed(&self) -> bool {
        matches!(self, Self::Sealed { .. })
    }
}

/// The one line of it.
impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sealed { network, gaps } => {
                write!(f, "sealed, network {network}")?;
                for gap in gaps {
                    write!(f, "; {gap}")?;
                }
                Ok(())
            }
            Self::Unavailable { gap } => write!(f, "not sealed: {gap}"),
            Self::Off => f.write_str("not sealed: seal = \"off\""),
        }
    }
}

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoLandlock => "this system has no Landlock (Linux 5.19 or later has it)",
            Self::Truncating => {
                "this kernel cannot stop files outside from being truncated (6.2 can)"
            }
            Self::Signals => "this kernel cannot stop signals to other processes (6.12 can)",
            Self::Network => "the network cannot be cut off here: no user namespaces are allowed",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEW: Support = Support {
        landlock: 7,
        namespaces: true,
    };

    fn standing(wanted: Wanted, network: Network, support: Support) -> String {
        Standing::decide(wanted, network, support).map_or_else(
            |refused| refused.to_string(),
            |standing| standing.to_string(),
        )
    }

    #[test]
    fn a_new_kernel_seals_and_off_is_off() {
        let check = |wanted, network, expected| {
            assert_eq!(standing(wanted, network, NEW), expected);
        };
        check(Wanted::Auto, Network::On, "sealed, network on");
        check(
            Wanted::Require,
            Network::Loopback,
            "sealed, network loopback",
        );
        check(Wanted::Off, Network::Off, "not sealed: seal = \"off\"");
    }

    #[test]
    fn an_older_kernel_is_told_and_a_required_seal_refused() {
        let at = |landlock| Support { landlock, ..NEW };
        let no = "this system has no Landlock (Linux 5.19 or later has it)";
        assert_eq!(
            standing(Wanted::Auto, Network::On, at(1)),
            format!("not sealed: {no}")
        );
        assert_eq!(
            standing(Wanted::Require, Network::On, at(0)),
            format!("seal = \"require\", and {no}")
        );
        let told = standing(Wanted::Auto, Network::On, at(2));
        assert!(
            told.contains("truncated") && told.contains("signals"),
            "{told}"
        );
        assert!(standing(Wanted::Auto, Network::On, at(5)).contains("signals"));
    }

    #[test]
    fn a_network_that_cannot_be_cut_is_told_and_refused_when_required() {
        let support = Support {
            namespaces: false,
            ..NEW
        };
        let told = standing(Wanted::Auto, Network::Off, support);
        assert!(
            told.starts_with("sealed, network on; the network cannot be cut"),
            "{told}"
        );
        let refused = standing(Wanted::Require, Network::Off, support);
        assert!(refused.contains("the network cannot be cut"), "{refused}");
        assert_eq!(
            standing(Wanted::Require, Network::On, support),
            "sealed, network on"
        );
    }
}
