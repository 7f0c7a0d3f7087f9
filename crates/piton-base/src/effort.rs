//! How hard an agent should think about a call.

crate::words! {
    /// An effort tier; later ones cost more.
    #[derive(PartialOrd, Ord, Hash, Default)]
    pub enum Effort: "an effort tier" {
        #[default]
        Low = "low",
        Medium = "medium",
        High = "high",
        Xhigh = "xhigh",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiers_are_ordered_and_their_names_are_exact() {
        assert!(Effort::Low < Effort::Medium && Effort::High < Effort::Xhigh);
        let names: Vec<_> = Effort::ALL.iter().map(ToString::to_string).collect();
        assert_eq!(names, ["low", "medium", "high", "xhigh"]);
        assert!("High".parse::<Effort>().is_err());
    }
}
