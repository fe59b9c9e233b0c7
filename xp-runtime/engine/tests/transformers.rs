//! The folder of an `independent` model is one of transformers: read back as such it has the same logits, here always, and by
//! transformers itself in the long tests (`XP_LONG_TESTS`), by pip into a folder of its own where the named Python has it not.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may state what it believes"
)]

#[allow(dead_code, reason = "the example beside it uses the rest")]
#[path = "../examples/parity/config.rs"]
mod config;
mod jittered;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use tch::{Device, Kind, Tensor};
use xp_engine::{
    model::{PatchTst, Variant},
    rng::Stream,
    train::export,
};
use xp_spec::architecture::{Channels, InputShape, Normalisation};

fn input(channels: Channels, normalisation: Normalisation) -> InputShape {
    InputShape {
        n_features: 4,
        context: 20,
        patch: 8,
        stride: 4,
        channels,
        normalisation,
    }
}

fn model(channels: Channels, normalisation: Normalisation) -> PatchTst {
    jittered::model(input(channels, normalisation), Variant::default())
}

fn windows() -> Tensor {
    let noise = Stream::new(9, &[]);
    let values: Vec<f32> = (0..5 * 20 * 4)
        .map(|position| 1.0 + 3.0 * noise.normal(position) as f32)
        .collect();
    Tensor::from_slice(&values).view([5, 20, 4])
}

#[test]
fn a_folder_read_as_transformers_reads_it_has_the_same_logits() {
    for normalisation in [Normalisation::Revin, Normalisation::None] {
        let model = model(Channels::Independent, normalisation);
        let folder = tempfile::tempdir().unwrap();
        assert!(export(&model, folder.path()).unwrap());
        let text = fs::read_to_string(folder.path().join("config.json")).unwrap();
        let config = config::reference(&serde_json::from_str(&text).unwrap()).unwrap();
        let mut read = PatchTst::with_variant(
            config.architecture,
            config.input,
            config.variant,
            0,
            Device::Cpu,
        )
        .unwrap()
        .unwrap();
        let mut count = 0;
        for (name, value) in
            Tensor::read_safetensors(folder.path().join("model.safetensors")).unwrap()
        {
            read.set(&name, &value).unwrap();
            count += 1;
        }
        // All but the affine part, which transformers does not have.
        let affine = if normalisation == Normalisation::Revin {
            2
        } else {
            0
        };
        assert_eq!(count, read.shapes().len() - affine);
        let ours = model.class_logits(&windows().into()).unwrap();
        let theirs = read.class_logits(&windows().into()).unwrap();
        let off = f64::try_from((ours - theirs).abs().max().to_kind(Kind::Double)).unwrap();
        assert!(off < 1e-5, "{normalisation:?}: {off:e}");
    }
    let folder = tempfile::tempdir().unwrap();
    // What transformers has no model for.
    for (channels, normalisation) in [
        (Channels::Mixed, Normalisation::Revin),
        (Channels::Independent, Normalisation::RevinLevel),
    ] {
        let other = model(channels, normalisation);
        assert!(!export(&other, folder.path()).unwrap(), "{channels:?}");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

const SCRIPT: &str = "
import sys, torch
from safetensors.torch import load_file
from transformers import PatchTSTForClassification
for folder in sys.argv[1:]:
    model, info = PatchTSTForClassification.from_pretrained(folder, output_loading_info=True)
    for key in ('missing_keys', 'unexpected_keys', 'mismatched_keys'):
        assert not info[key], (key, info[key])
    expected = load_file(folder + '/expected/case.safetensors')
    model.eval()
    with torch.no_grad():
        logits = model(past_values=expected['input']).prediction_logits
    print('off by', (logits - expected['logits']).abs().max().item())
    assert torch.allclose(logits, expected['logits'], atol=1e-5)
";

#[test]
fn transformers_opens_it_with_no_missing_keys() {
    if std::env::var_os("XP_LONG_TESTS").is_none() {
        println!("skipped: set XP_LONG_TESTS=1");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut folders = Vec::new();
    for normalisation in [Normalisation::Revin, Normalisation::None] {
        let model = model(Channels::Independent, normalisation);
        let place = folder.path().join(format!("{normalisation:?}"));
        assert!(export(&model, &place).unwrap());
        fs::create_dir(place.join("expected")).unwrap();
        let logits = model.class_logits(&windows().into()).unwrap().detach();
        let case = [("input", windows()), ("logits", logits)];
        Tensor::write_safetensors(&case, place.join("expected/case.safetensors")).unwrap();
        folders.push(place);
    }
    let output = python(folder.path())
        .args(["-c", SCRIPT])
        .args(&folders)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success() && said.matches("off by").count() == 2,
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    println!("{said}");
}

/// A Python with torch and transformers: that of `XP_TRANSFORMERS_PYTHON`, or pip's into a folder.
fn python(folder: &Path) -> Command {
    let named = std::env::var_os("XP_TRANSFORMERS_PYTHON").map_or("python3".into(), PathBuf::from);
    let has = Command::new(&named)
        .args(["-c", "import torch, transformers"])
        .output()
        .unwrap();
    let mut command = Command::new(&named);
    if !has.status.success() {
        let packages = folder.join("packages");
        let output = Command::new(&named)
            .args(["-m", "pip", "install", "-q", "--target"])
            .arg(&packages)
            .args(["torch==2.13.0", "transformers==5.23.0"])
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        command.env("PYTHONPATH", packages);
    }
    command
}
