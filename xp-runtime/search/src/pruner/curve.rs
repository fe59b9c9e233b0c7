//! Values on a learning curve, (step, value) with steps ascending. It decides nothing.
//!
//! Trials are evaluated at their own distances. So a trial stands at a step with its first evaluation at or after it, and its value there
//! is the best until then.

/// The value of the evaluation at exactly this step.
pub(super) fn value_at(curve: &[(u32, f64)], step: u32) -> Option<f64> {
    curve
        .iter()
        .find(|(at, _)| *at == step)
        .map(|(_, value)| *value)
}

/// The lowest finite value of the evaluations up to the first at or after `step`; `None` where the curve does not reach it, and infinite
/// where no value is finite.
pub(super) fn best_on_reaching(curve: &[(u32, f64)], step: u32) -> Option<f64> {
    let first = curve.iter().position(|(at, _)| *at >= step)?;
    Some(
        curve
            .iter()
            .take(first + 1)
            .map(|(_, value)| *value)
            .filter(|value| value.is_finite())
            .fold(f64::INFINITY, f64::min),
    )
}

/// The step of the evaluation before the one at `step`; 0 before the first.
pub(super) fn previous(curve: &[(u32, f64)], step: u32) -> u32 {
    curve
        .iter()
        .map(|(at, _)| *at)
        .take_while(|at| *at < step)
        .last()
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_is_read_at_its_first_evaluation_from_a_step_on() {
        let curve = [(100, 0.9), (200, 0.5), (300, f64::NAN), (400, 0.7)];
        for (step, best, before) in [
            (1, Some(0.9), 0),
            (100, Some(0.9), 0),
            (101, Some(0.5), 100),
            (200, Some(0.5), 100),
            (250, Some(0.5), 200),
            (400, Some(0.5), 300),
            (401, None, 400),
        ] {
            assert_eq!(best_on_reaching(&curve, step), best, "{step}");
            assert_eq!(previous(&curve, step), before, "{step}");
        }
        assert_eq!(value_at(&curve, 250), None);
        assert_eq!(best_on_reaching(&curve[2..3], 1), Some(f64::INFINITY));
    }
}
