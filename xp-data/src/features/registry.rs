//! All features in the order of columns: 20 fixed ones and the 60 families over the windows of the tiers, 500 in all, then the user's own.

use super::{families::FAMILIES, family::OwnFamily, feature::Feature, fixed::FIXED, own::OWN};

/// Windows of the tiers 100, 250 and 500, and how many families each tier has.
const TIERS: [(u32, usize, &[usize]); 3] = [
    (100, 20, &[5, 21, 63, 126]),
    (250, 46, &[5, 10, 21, 63, 126]),
    (500, 60, &[5, 10, 15, 21, 42, 63, 126, 240]),
];

/// All features: the 500 in order of tiers, then the user's own.
pub fn registry() -> Vec<Feature> {
    with_own(OWN)
}

/// [`registry`] with given families of a user's own.
pub(super) fn with_own(own: &[OwnFamily]) -> Vec<Feature> {
    let mut features: Vec<Feature> = FIXED
        .iter()
        .map(|&(name, window, warmup, compute)| Feature {
            name: name.to_owned(),
            family: "orig20",
            window,
            tier: Some(20),
            warmup,
            definition: "original a20 indicator in price-relative form",
            compute,
        })
        .collect();
    for (tier, families, windows) in TIERS {
        for &window in windows {
            for family in FAMILIES.iter().take(families) {
                let feature = family.feature(window, Some(tier));
                if !features.iter().any(|other| other.name == feature.name) {
                    features.push(feature);
                }
            }
        }
    }
    features.extend(own.iter().flat_map(OwnFamily::features));
    features
}
