//! Exact count of trainable parameters, part by part, without building a model. The runtime asserts that the built model has
//! the same count.

use crate::architecture::{Architecture, Channels, InputShape};

/// Position rows beyond the number of patches that the original's `mixed` variant keeps.
pub const SPARE_POSITIONS: u64 = 10;

/// Trainable parameters of a model by part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParameterCount {
    /// Affine part of RevIN, 2 per feature.
    pub revin: u64,
    /// Patch embedding.
    pub embedding: u64,
    /// Learnable positions.
    pub positions: u64,
    /// One encoder layer.
    pub layer: u64,
    /// Number of layers.
    pub n_layers: u64,
    /// Final norm.
    pub norm: u64,
    /// Classification head.
    pub head: u64,
}

impl ParameterCount {
    /// All trainable parameters.
    pub fn total(&self) -> u64 {
        [
            self.revin,
            self.embedding,
            self.positions,
            self.layer.saturating_mul(self.n_layers),
            self.norm,
            self.head,
        ]
        .into_iter()
        .fold(0, u64::saturating_add)
    }
}

impl std::fmt::Display for ParameterCount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "embedding {}, positions {}, {} layers of {}, final norm {}, head {}",
            group(self.embedding),
            group(self.positions),
            self.n_layers,
            group(self.layer),
            group(self.norm),
            group(self.head)
        )?;
        match self.revin {
            0 => Ok(()),
            revin => write!(f, ", RevIN {}", group(revin)),
        }
    }
}

/// Counts the trainable parameters of a PatchTST; `None` where no patch fits the context.
///
/// `mixed` is the original study's variant (patches of all features, `num_patches + 10` positions, pre-norm layers, flatten
/// head, one logit); `independent` is `PatchTSTForClassification` of transformers with learnable positions, mean pooling and
/// two logits.
pub fn count_parameters(architecture: &Architecture, input: &InputShape) -> Option<ParameterCount> {
    let patches = u64::from(input.patches()?);
    let (d, ff) = (
        u64::from(architecture.d_model),
        u64::from(architecture.d_ff),
    );
    let features = u64::from(input.n_features);
    let embedding = input.embedded_values() * d + d;
    let attention = 4 * (d * d + d);
    let feed_forward = 2 * d * ff + ff + d;
    let (positions, norm, head) = match input.channels {
        Channels::Mixed => ((patches + SPARE_POSITIONS) * d, 2 * d, patches * d + 1),
        Channels::Independent => (patches * d, 0, 2 * (features * d + 1)),
    };
    Some(ParameterCount {
        revin: if input.normalisation.is_revin() {
            2 * features
        } else {
            0
        },
        embedding,
        positions,
        layer: attention + feed_forward + 4 * d,
        n_layers: u64::from(architecture.n_layers),
        norm,
        head,
    })
}

/// A whole number with thousands separators: `1822657` → `1,822,657`.
pub fn group(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Parameters per training sample, whole from 10 on; absent where there are no samples.
pub fn per_sample(parameters: u64, samples: u64) -> Option<String> {
    let ratio = parameters as f64 / samples as f64;
    (samples > 0).then(|| {
        if ratio < 9.95 {
            format!("{ratio:.1}")
        } else {
            group(ratio.round() as u64)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::architecture::Normalisation;

    fn count(shape: [u32; 4], n_features: u32, normalisation: Normalisation) -> u64 {
        let [d_model, n_heads, n_layers, d_ff] = shape;
        let input = InputShape {
            n_features,
            context: 60,
            patch: 10,
            stride: 10,
            channels: Channels::Mixed,
            normalisation,
        };
        let shape = Architecture {
            d_model,
            n_layers,
            n_heads,
            d_ff,
        };
        count_parameters(&shape, &input).map_or(0, |count| count.total())
    }

    #[test]
    fn original_shapes_have_the_published_counts() {
        for (shape, expected) in [
            ([192, 6, 4, 768], 1_822_657),
            ([512, 8, 6, 2048], 19_029_505),
            ([1024, 16, 16, 4096], 201_769_985),
            ([2304, 24, 32, 9216], 2_039_908_609),
        ] {
            assert_eq!(count(shape, 20, Normalisation::None), expected, "{shape:?}");
        }
        assert_eq!(count([192, 6, 4, 768], 20, Normalisation::Revin), 1_822_697);
        assert_eq!(count([192, 6, 4, 768], 500, Normalisation::None), 2_744_257);
    }

    #[test]
    fn reference_files_have_their_counts() {
        let tiny = |shape: [u32; 4], n_features, context, patch, stride, normalisation| {
            let [d_model, n_heads, n_layers, d_ff] = shape;
            count_parameters(
                &Architecture {
                    d_model,
                    n_layers,
                    n_heads,
                    d_ff,
                },
                &InputShape {
                    n_features,
                    context,
                    patch,
                    stride,
                    channels: Channels::Mixed,
                    normalisation,
                },
            )
            .map(|count| count.total())
        };
        assert_eq!(
            tiny([16, 4, 2, 32], 5, 20, 4, 2, Normalisation::None),
            Some(5265)
        );
        assert_eq!(
            tiny([24, 3, 3, 48], 7, 24, 6, 6, Normalisation::Revin),
            Some(16143)
        );
        assert_eq!(tiny([16, 4, 2, 32], 5, 3, 4, 2, Normalisation::None), None);
    }

    #[test]
    fn a_level_widens_the_embedding_by_two_values_a_feature() {
        let count = |channels, normalisation| {
            let input = InputShape {
                n_features: 20,
                context: 60,
                patch: 10,
                stride: 10,
                channels,
                normalisation,
            };
            let shape = Architecture {
                d_model: 192,
                n_layers: 4,
                n_heads: 6,
                d_ff: 768,
            };
            count_parameters(&shape, &input).map_or(0, |count| count.total())
        };
        // Of one series at a time, or of all features side by side.
        for (channels, values) in [(Channels::Mixed, 40), (Channels::Independent, 2)] {
            let more =
                count(channels, Normalisation::RevinLevel) - count(channels, Normalisation::Revin);
            assert_eq!(more, values * 192, "{channels:?}");
        }
    }

    #[test]
    fn parameters_per_sample_are_whole_where_they_are_many() {
        for (parameters, samples, expected) in [
            (1_822_697, 1675, Some("1,088")),
            (100, 11, Some("9.1")),
            (9_960, 1_000, Some("10")),
            (1, 2, Some("0.5")),
            (1, 0, None),
        ] {
            let found = per_sample(parameters, samples);
            assert_eq!(found.as_deref(), expected, "{parameters} {samples}");
        }
    }

    #[test]
    fn a_breakdown_names_revin_where_there_is_one() {
        let text = |revin| {
            ParameterCount {
                revin,
                embedding: 1,
                positions: 2,
                layer: 3,
                n_layers: 4,
                norm: 5,
                head: 6000,
            }
            .to_string()
        };
        let parts = "embedding 1, positions 2, 4 layers of 3, final norm 5, head 6,000";
        assert_eq!(text(0), parts);
        assert_eq!(text(40), format!("{parts}, RevIN 40"));
    }

    #[test]
    fn digits_are_grouped() {
        assert_eq!(
            [0, 999, 1000, 2_744_257].map(group),
            ["0", "999", "1,000", "2,744,257"]
        );
    }
}
