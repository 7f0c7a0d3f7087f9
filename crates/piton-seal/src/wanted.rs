//! What the user wants of the seal.

piton_base::words! {
    /// Whether programs are to be sealed.
    #[derive(Default, Hash)]
    pub enum Wanted: "a choice of sealing" {
        /// As far as this machine can.
        #[default]
        Auto = "auto",
        /// Or nothing runs.
        Require = "require",
        Off = "off",
    }
}

piton_base::words! {
    /// What a sealed program may reach over the network, the least first.
    #[derive(Default, PartialOrd, Ord, Hash)]
    pub enum Network: "a choice of network" {
        Off = "off",
        /// Only what runs in the same seal.
        Loopback = "loopback",
        #[default]
        On = "on",
    }
}

piton_base::words! {
    /// Whose tool caches a sealed program uses.
    #[derive(Default, Hash)]
    pub enum CacheChoice: "a choice of caches" {
        /// The clone's own, which no build of the user's reads.
        #[default]
        Own = "own",
        /// The user's: what is put there runs in later builds of the user's.
        Shared = "shared",
    }
}
