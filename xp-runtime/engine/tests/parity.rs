//! The model against the original study's PyTorch module and against transformers, on their own weights: forward pass and loss within
//! 1e-5, gradients within 1e-4, by what `--example parity` runs. Files that are no references get an error that says why.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may state what it believes"
)]

#[path = "../examples/parity/compare.rs"]
mod compare;
#[path = "../examples/parity/config.rs"]
mod config;
#[path = "../examples/parity/file.rs"]
mod file;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use safetensors::{SafeTensors, serialize, tensor::TensorView};

fn path(name: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = ["../../tests/fixtures/reference", "tests/fixtures"];
    let paths = folders.map(|folder| root.join(folder).join(format!("{name}.safetensors")));
    paths.into_iter().find(|path| path.is_file()).unwrap()
}

fn compare_file(path: &Path) -> Result<compare::Comparison, String> {
    file::read(path).and_then(|file| compare::compare(&file))
}

#[test]
fn models_are_those_of_the_references() {
    let revin = ["revin.gamma", "revin.beta"];
    let positions = "model.encoder.positional_encoder.position_enc";
    let constant = [positions, revin[0], revin[1]];
    // The file's tensors of the forward pass, its gradients, and what it has none of: what transformers does not learn.
    for (name, forward, gradients, without) in [
        ("mixed_tiny", 3, 31, &[][..]),
        ("mixed_revin_tiny", 3, 45, &[]),
        ("independent_hf_tiny", 4, 36, &constant),
        ("independent_hf_layernorm_tiny", 4, 36, &constant),
        ("post_batch_token", 4, 37, &constant),
        ("pre_layer_max", 2, 41, &[]),
    ] {
        let found = compare_file(&path(name)).unwrap_or_else(|cause| panic!("{name}: {cause}"));
        assert!(found.passes(), "{name}:\n{}", found.text());
        assert_eq!(found.forward.len(), forward, "{name}");
        assert_eq!(found.gradients.len(), gradients, "{name}");
        assert_eq!(found.without, without, "{name}");
    }
}

/// A file with its configuration and tensors changed.
fn changed(
    name: &str,
    change: impl FnOnce(&mut serde_json::Value, &mut BTreeMap<String, (Vec<usize>, Vec<u8>)>),
) -> Vec<u8> {
    let bytes = fs::read(path(name)).unwrap();
    let (_, header) = SafeTensors::read_metadata(&bytes).unwrap();
    let metadata = header.metadata().clone().unwrap();
    let mut config = serde_json::from_str(&metadata["config"]).unwrap();
    let content = SafeTensors::deserialize(&bytes).unwrap();
    let kinds: BTreeMap<String, _> = content
        .iter()
        .map(|(name, view)| (name.to_owned(), view.dtype()))
        .collect();
    let mut tensors = content
        .iter()
        .map(|(name, view)| {
            (
                name.to_owned(),
                (view.shape().to_vec(), view.data().to_vec()),
            )
        })
        .collect();
    change(&mut config, &mut tensors);
    let views: Vec<_> = tensors
        .iter()
        .map(|(name, (shape, data))| {
            let view = TensorView::new(kinds[name], shape.clone(), data).unwrap();
            (name.clone(), view)
        })
        .collect();
    let metadata = [("config".to_owned(), config.to_string())].into();
    serialize(views, Some(metadata)).unwrap()
}

fn error_of(bytes: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file.safetensors");
    fs::write(&path, bytes).unwrap();
    match compare_file(&path) {
        Err(cause) => cause,
        Ok(found) if found.passes() => panic!("it passes:\n{}", found.text()),
        Ok(found) => found.text(),
    }
}

/// A reference with other numbers is not one that passes.
#[test]
fn other_numbers_are_above_the_limits() {
    for (tensor, what) in [
        ("param.head.linear.bias", "logit"),
        ("grad.encoder.norm.weight", "grad.encoder.norm.weight"),
        ("loss", "loss"),
    ] {
        for value in [0.5_f32, f32::NAN] {
            let bytes = changed("mixed_tiny", |_, tensors| {
                let data = &mut tensors.get_mut(tensor).unwrap().1;
                data[..4].copy_from_slice(&value.to_le_bytes());
            });
            let text = error_of(&bytes);
            let line = text.lines().find(|line| line.trim().starts_with(what));
            assert!(line.is_some_and(|line| line.ends_with("ABOVE")), "{text}");
        }
    }
}

#[test]
fn files_that_are_no_references_say_why() {
    let whole = fs::read(path("mixed_tiny")).unwrap();
    for (bytes, expected) in [
        (vec![], "no safetensors file"),
        (b"not a tensor in sight".to_vec(), "no safetensors file"),
        (whole[..4000].to_vec(), "cut off"),
        (whole[..whole.len() - 1].to_vec(), "cut off"),
        (vec![0xFF; 64], "no safetensors file"),
    ] {
        let text = error_of(&bytes);
        assert!(text.contains(expected), "{text}");
    }
    assert!(compare_file(Path::new("/no/such/file")).is_err());
    assert!(compare_file(Path::new("/")).is_err_and(|cause| cause.contains("no file")));

    // A key, what it is set to, and what is said.
    for (name, key, value, expected) in [
        ("mixed_tiny", "d_model", "0", "`d_model` is 0"),
        ("mixed_tiny", "d_model", "-16", "`d_model` is -16"),
        (
            "mixed_tiny",
            "d_model",
            "99999999999999999999",
            "`d_model` is 1e+20",
        ),
        ("mixed_tiny", "d_model", "64", "does not fit its weights"),
        ("mixed_tiny", "d_model", "65536", "does not fit its weights"),
        ("mixed_tiny", "n_heads", "3", "3 heads do not divide"),
        ("mixed_tiny", "n_heads", "\"4\"", "`n_heads` is \"4\""),
        ("mixed_tiny", "stride", "0", "`stride` is 0"),
        (
            "mixed_tiny",
            "patch_length",
            "21",
            "does not fit a context of 20",
        ),
        ("mixed_tiny", "n_layers", "65536", "is missing"),
        (
            "mixed_tiny",
            "n_layers",
            "1",
            "no parameter `encoder.layers.1",
        ),
        (
            "mixed_tiny",
            "num_params",
            "5266",
            "it says 5266 parameters",
        ),
        ("mixed_tiny", "revin", "1", "`revin` is 1"),
        (
            "mixed_tiny",
            "num_features",
            "null",
            "`num_features` is null",
        ),
        (
            "independent_hf_tiny",
            "model_type",
            "\"bert\"",
            "only \"patchtst\"",
        ),
        (
            "independent_hf_tiny",
            "norm_type",
            "\"rmsnorm\"",
            "batchnorm or layernorm",
        ),
        (
            "independent_hf_tiny",
            "activation_function",
            "\"snake\"",
            "known: gelu",
        ),
        ("independent_hf_tiny", "pooling_type", "null", "mean"),
        ("independent_hf_tiny", "scaling", "\"max\"", "`scaling` is"),
        ("independent_hf_tiny", "norm_eps", "-1", "`norm_eps` is -1"),
        (
            "independent_hf_tiny",
            "num_targets",
            "1",
            "does not fit its weights",
        ),
        (
            "independent_hf_tiny",
            "use_cls_token",
            "true",
            "cls_token` is missing",
        ),
        (
            "independent_hf_tiny",
            "positional_encoding_type",
            "\"random\"",
            "missing: grad.model",
        ),
        (
            "independent_hf_tiny",
            "patch_length",
            "32",
            "greater than `patch_length`",
        ),
    ] {
        let bytes = changed(name, |config, _| {
            config[key] = serde_json::from_str(value).unwrap();
        });
        let text = error_of(&bytes);
        assert!(text.contains(expected), "{key} = {value}: {text}");
    }

    // A tensor, the shape that it is given or none, and what is said.
    for (name, tensor, shape, expected) in [
        ("mixed_tiny", "input", None, "no tensor `input`"),
        ("mixed_tiny", "loss", None, "no tensor `loss`"),
        ("mixed_tiny", "param.encoder.norm.bias", None, "is missing"),
        (
            "mixed_tiny",
            "grad.encoder.norm.bias",
            None,
            "missing: grad.encoder",
        ),
        (
            "mixed_tiny",
            "input",
            Some(vec![8, 5, 20]),
            "`input` has shape",
        ),
        ("mixed_tiny", "label", Some(vec![2, 4]), "`label` has shape"),
        ("mixed_tiny", "logit", Some(vec![8, 1]), "`logit` has shape"),
        (
            "independent_hf_tiny",
            "logits",
            Some(vec![2, 6]),
            "`logits` has shape",
        ),
    ] {
        let bytes = changed(name, |_, tensors| match shape {
            None => {
                tensors.remove(tensor).unwrap();
            }
            Some(shape) => tensors.get_mut(tensor).unwrap().0 = shape,
        });
        let text = error_of(&bytes);
        assert!(text.contains(expected), "{tensor}: {text}");
    }
    let text = error_of(&changed("independent_hf_tiny", |_, tensors| {
        tensors.get_mut("label").unwrap().1[..8].copy_from_slice(&7_i64.to_le_bytes());
    }));
    assert!(text.contains("outside of its 2 classes"), "{text}");
    let text = error_of(&changed("mixed_tiny", |_, tensors| {
        *tensors.get_mut("input").unwrap() = (vec![0, 20, 5], Vec::new());
    }));
    assert!(text.contains("`input` has shape [0, 20, 5]"), "{text}");
}
