//! The families of the tiers, one file each. This list is their one registration place; it is fixed, since tiers are compared over
//! years: families of a user's own are registered in `own`.

mod absret_vol_corr;
mod amihud;
mod aroon_osc;
mod atr_pct;
mod autocorr1;
mod bb_width;
mod body_ratio;
mod cci;
mod chop;
mod close_z;
mod clv_mean;
mod cmf;
mod demarker;
mod di_spread;
mod dist_high;
mod dist_low;
mod donch_mid_rel;
mod down_dev;
mod dx;
mod efficiency;
mod emv;
mod force;
mod gap_mean;
mod garman_klass;
mod intraday_mean;
mod kurt;
mod lin_r2;
mod lin_slope;
mod lower_wick;
mod max_dd;
mod mfi;
mod obv_norm;
mod parkinson;
mod perm_entropy;
mod pv_corr;
mod rank_range;
mod rank_ret;
mod rank_vol;
mod ret;
mod rogers_satchell;
mod rsi;
mod rvol;
mod sharpe;
mod skew;
mod sma_rel;
mod sma_slope;
mod sortino;
mod stoch_k;
mod trima_rel;
mod tsf_rel;
mod ulcer;
mod up_ratio;
mod upper_wick;
mod var05;
mod vol_ratio;
mod volume_z;
mod vortex;
mod vwap_rel;
mod wma_rel;
mod yang_zhang;

use super::family::Family;

/// The families in order; a tier uses the first so many.
pub(super) const FAMILIES: [Family; 60] = [
    ret::FAMILY,
    sma_rel::FAMILY,
    wma_rel::FAMILY,
    sma_slope::FAMILY,
    close_z::FAMILY,
    rsi::FAMILY,
    stoch_k::FAMILY,
    dist_high::FAMILY,
    dist_low::FAMILY,
    aroon_osc::FAMILY,
    rvol::FAMILY,
    atr_pct::FAMILY,
    parkinson::FAMILY,
    bb_width::FAMILY,
    vol_ratio::FAMILY,
    obv_norm::FAMILY,
    cmf::FAMILY,
    mfi::FAMILY,
    vwap_rel::FAMILY,
    sharpe::FAMILY,
    skew::FAMILY,
    kurt::FAMILY,
    autocorr1::FAMILY,
    down_dev::FAMILY,
    sortino::FAMILY,
    max_dd::FAMILY,
    ulcer::FAMILY,
    garman_klass::FAMILY,
    rogers_satchell::FAMILY,
    yang_zhang::FAMILY,
    cci::FAMILY,
    dx::FAMILY,
    di_spread::FAMILY,
    vortex::FAMILY,
    lin_slope::FAMILY,
    lin_r2::FAMILY,
    efficiency::FAMILY,
    up_ratio::FAMILY,
    gap_mean::FAMILY,
    intraday_mean::FAMILY,
    body_ratio::FAMILY,
    upper_wick::FAMILY,
    lower_wick::FAMILY,
    clv_mean::FAMILY,
    volume_z::FAMILY,
    amihud::FAMILY,
    demarker::FAMILY,
    tsf_rel::FAMILY,
    chop::FAMILY,
    donch_mid_rel::FAMILY,
    trima_rel::FAMILY,
    force::FAMILY,
    emv::FAMILY,
    pv_corr::FAMILY,
    absret_vol_corr::FAMILY,
    rank_ret::FAMILY,
    rank_vol::FAMILY,
    rank_range::FAMILY,
    var05::FAMILY,
    perm_entropy::FAMILY,
];
