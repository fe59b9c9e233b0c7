//! The registry of features: 20 fixed ones and 60 families over windows, 500 in all, in the order that tiers are cut from.
//!
//! These are fixed, since tiers are compared over years. Families of a user's own go into [`own`], the one place to add to: behind
//! the 500, in no tier. Every feature is proved causal when a data set is built ([`crate::build`]).

mod base;
mod order;
pub(crate) mod own;
mod shape;
mod tier20;
mod trend;
mod window;

use crate::bars::Bars;
pub(crate) use base::Base;
use own::{OWN, Own};

type Compute = fn(&Base, usize) -> Vec<f64>;

/// A family: name, bars of warm-up beyond `w − 1`, definition, function.
type Family = (&'static str, usize, &'static str, Compute);

/// Windows of the tiers 100, 250 and 500, and how many families each tier has.
const TIERS: [(u32, usize, &[usize]); 3] = [
    (100, 20, &[5, 21, 63, 126]),
    (250, 46, &[5, 10, 21, 63, 126]),
    (500, 60, &[5, 10, 15, 21, 42, 63, 126, 240]),
];

/// The fixed features: name, window, warm-up, function.
const FIXED: [(&str, usize, usize, Compute); 20] = [
    ("dema_9", 9, 16, tier20::dema),
    ("dema_10", 10, 18, tier20::dema),
    ("sma_12", 12, 11, tier20::sma),
    ("dema_20", 20, 38, tier20::dema),
    ("dema_25", 25, 48, tier20::dema),
    ("sma_50", 50, 49, tier20::sma),
    ("dema_90", 90, 178, tier20::dema),
    ("sma_100", 100, 99, tier20::sma),
    ("sma_200", 200, 199, tier20::sma),
    ("rsi_daily", 14, 14, tier20::rsi_daily),
    ("rsi_weekly", 14, 72, tier20::rsi_weekly),
    ("stochrsi_daily", 14, 20, tier20::stochrsi_daily),
    ("stochrsi_weekly", 14, 101, tier20::stochrsi_weekly),
    ("macd_line", 26, 33, tier20::macd_line),
    ("obv", 20, 20, tier20::obv),
    ("adosc", 10, 9, tier20::adosc),
    ("atr_14", 14, 14, tier20::atr),
    ("adx_14", 14, 27, tier20::adx),
    ("bb_percent_b", 20, 19, tier20::bb_percent_b),
    ("vwap_20", 20, 19, tier20::vwap),
];

/// The families, in order; a tier uses the first so many.
const FAMILIES: [Family; 60] = [
    ("ret", 1, "ln(C/C[-w])", trend::ret),
    ("sma_rel", 0, "C/SMA_w-1", trend::sma_rel),
    ("wma_rel", 0, "C/WMA_w-1", trend::wma_rel),
    ("sma_slope", 5, "SMA_w/SMA_w[-5]-1", trend::sma_slope),
    ("close_z", 0, "(C-SMA_w)/STD_w", trend::close_z),
    ("rsi", 1, "Cutler RSI: sum(up)/sum(|dC|)", trend::rsi),
    ("stoch_k", 0, "(C-LL_w)/(HH_w-LL_w)", trend::stoch_k),
    ("dist_high", 0, "C/HH_w-1", trend::dist_high),
    ("dist_low", 0, "C/LL_w-1", trend::dist_low),
    (
        "aroon_osc",
        0,
        "(argmaxH-argminL)/(w-1), latest tie",
        trend::aroon_osc,
    ),
    ("rvol", 1, "std(r)*sqrt252", trend::rvol),
    ("atr_pct", 1, "SMA(TR)/C", trend::atr_pct),
    (
        "parkinson",
        0,
        "sqrt(mean(ln(H/L)^2)/(4ln2)*252)",
        trend::parkinson,
    ),
    ("bb_width", 0, "4*STD/SMA", trend::bb_width),
    ("vol_ratio", 0, "ln(V/SMA_w(V))", trend::vol_ratio),
    ("obv_norm", 1, "sum(sign(r)V)/sum(V)", trend::obv_norm),
    ("cmf", 0, "sum(CLV*V)/sum(V)", trend::cmf),
    ("mfi", 1, "money-flow index /100", trend::mfi),
    ("vwap_rel", 0, "C/VWAP_w-1 (typical price)", trend::vwap_rel),
    ("sharpe", 1, "mean(r)/std(r)*sqrt252", trend::sharpe),
    ("skew", 1, "skewness of r", shape::skew),
    ("kurt", 1, "excess kurtosis of r", shape::kurt),
    ("autocorr1", 2, "corr(r_t,r_t-1)", shape::autocorr1),
    ("down_dev", 1, "sqrt(mean(min(r,0)^2)*252)", shape::down_dev),
    ("sortino", 1, "mean(r)/downdev*sqrt252", shape::sortino),
    (
        "max_dd",
        0,
        "max drawdown of C inside window",
        shape::max_dd,
    ),
    ("ulcer", 0, "sqrt(mean(dd^2)) inside window", shape::ulcer),
    ("garman_klass", 0, "Garman-Klass vol", shape::garman_klass),
    (
        "rogers_satchell",
        0,
        "Rogers-Satchell vol",
        shape::rogers_satchell,
    ),
    ("yang_zhang", 1, "Yang-Zhang vol", shape::yang_zhang),
    ("cci", 0, "(TP-SMA)/(0.015*MAD)/100", shape::cci),
    ("dx", 1, "|sum+DM - sum-DM|/(sum+DM + sum-DM)", shape::dx),
    ("di_spread", 1, "(sum+DM - sum-DM)/sum TR", shape::di_spread),
    ("vortex", 1, "(sum|H-L1| - sum|L-H1|)/sum TR", shape::vortex),
    (
        "lin_slope",
        0,
        "OLS slope of ln C per bar * w",
        shape::lin_slope,
    ),
    ("lin_r2", 0, "OLS R2 of ln C", shape::lin_r2),
    ("efficiency", 1, "|C-C[-w]|/sum|dC|", shape::efficiency),
    ("up_ratio", 1, "share of r>0", shape::up_ratio),
    ("gap_mean", 1, "mean ln(O/C1)", shape::gap_mean),
    ("intraday_mean", 0, "mean ln(C/O)", shape::intraday_mean),
    ("body_ratio", 0, "mean |C-O|/(H-L)", shape::body_ratio),
    (
        "upper_wick",
        0,
        "mean (H-max(O,C))/(H-L)",
        shape::upper_wick,
    ),
    (
        "lower_wick",
        0,
        "mean (min(O,C)-L)/(H-L)",
        shape::lower_wick,
    ),
    ("clv_mean", 0, "mean close-location value", shape::clv_mean),
    ("volume_z", 0, "z-score of ln V", shape::volume_z),
    (
        "amihud",
        1,
        "ln(mean(|r|/DV)*mean(DV)/mean|r|)",
        shape::amihud,
    ),
    ("demarker", 1, "DeMarker, SMA form", order::demarker),
    ("tsf_rel", 0, "lnC - OLS fit at t", order::tsf_rel),
    ("chop", 1, "ln(sumTR/(HH-LL))/ln w", order::chop),
    ("donch_mid_rel", 0, "C/((HH+LL)/2)-1", order::donch_mid_rel),
    ("trima_rel", 0, "C/SMA(SMA)-1, total w", order::trima_rel),
    ("force", 1, "mean(V dC)/mean(V|dC|)", order::force),
    ("emv", 1, "signed share of ease-of-movement", order::emv),
    ("pv_corr", 1, "corr(r, dlnV)", order::pv_corr),
    (
        "absret_vol_corr",
        1,
        "corr(|r|, lnV)",
        order::absret_vol_corr,
    ),
    ("rank_ret", 1, "pct rank of r_t", order::rank_ret),
    ("rank_vol", 0, "pct rank of V_t", order::rank_vol),
    ("rank_range", 0, "pct rank of (H-L)/C", order::rank_range),
    ("var05", 1, "5% quantile of r (linear)", order::var05),
    (
        "perm_entropy",
        1,
        "permutation entropy of r, order 3",
        order::perm_entropy,
    ),
];

/// A causal function of bars.
#[derive(Debug, Clone)]
pub struct Feature {
    /// Column name, `{family}_{window}` or the original's.
    pub name: String,
    /// Family, `orig20` for the fixed ones.
    pub family: &'static str,
    /// Window in bars.
    pub window: usize,
    /// Smallest tier that holds it; none holds a user's own.
    pub tier: Option<u32>,
    /// Bars without a value at the start.
    pub warmup: usize,
    /// Formula.
    pub definition: &'static str,
    compute: Compute,
}

/// All features: the 500 in order of tiers, then the user's own.
pub fn registry() -> Vec<Feature> {
    with_own(OWN)
}

/// [`registry`] with given families of a user's own.
pub(crate) fn with_own(own: &[Own]) -> Vec<Feature> {
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
            for &(family, extra, definition, compute) in FAMILIES.iter().take(families) {
                let name = format!("{family}_{window}");
                if !features.iter().any(|feature| feature.name == name) {
                    features.push(Feature {
                        name,
                        family,
                        window,
                        tier: Some(tier),
                        warmup: window - 1 + extra,
                        definition,
                        compute,
                    });
                }
            }
        }
    }
    features.extend(own.iter().flat_map(Own::features));
    features
}

/// Series shared by all features of one data set.
pub struct Prepared(Base);

impl Prepared {
    /// Prepares bars.
    pub fn new(bars: &Bars) -> Self {
        Self(Base::new(bars))
    }

    /// Values of a feature, one per bar, NaN in its warm-up.
    pub fn compute(&self, feature: &Feature) -> Vec<f64> {
        (feature.compute)(&self.0, feature.window)
    }
}
