//! TensorBoard's event files: TFRecords (length, masked CRC-32C, bytes, masked CRC-32C) of `Event` messages. Numbers of fields are those of
//! tensorflow's `event.proto`, `summary.proto`, `tensor.proto` and `struct.proto` of protobuf, and of `plugin_data.proto` of TensorBoard's plugin
//! `hparams`, of which only the fields that are written are here.

use std::collections::BTreeMap;

use prost::{Enumeration, Message, Oneof};
use serde_json::Value as Json;

/// What happened at a time.
#[derive(Clone, PartialEq, Message)]
pub(super) struct Event {
    /// Seconds since 1970.
    #[prost(double, tag = 1)]
    pub(super) wall_time: f64,
    #[prost(int64, tag = 2)]
    pub(super) step: i64,
    #[prost(oneof = "Content", tags = "3, 5")]
    pub(super) content: Option<Content>,
}

#[derive(Clone, PartialEq, Oneof)]
pub(super) enum Content {
    /// The version of the format, in the first event of a file.
    #[prost(string, tag = 3)]
    FileVersion(String),
    #[prost(message, tag = 5)]
    Summary(Summary),
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Summary {
    #[prost(message, repeated, tag = 1)]
    value: Vec<Tagged>,
}

/// A value by its name.
#[derive(Clone, PartialEq, Message)]
struct Tagged {
    #[prost(string, tag = 1)]
    tag: String,
    #[prost(message, optional, tag = 9)]
    metadata: Option<Metadata>,
    #[prost(oneof = "Value", tags = "2, 8")]
    value: Option<Value>,
}

#[derive(Clone, PartialEq, Oneof)]
enum Value {
    #[prost(float, tag = 2)]
    Scalar(f32),
    #[prost(message, tag = 8)]
    Tensor(Tensor),
}

/// A tensor without elements, which a value has whose content is in its metadata.
#[derive(Clone, PartialEq, Message)]
struct Tensor {
    /// 1 is f32.
    #[prost(int32, tag = 1)]
    dtype: i32,
    #[prost(message, optional, tag = 2)]
    shape: Option<Shape>,
}

#[derive(Clone, PartialEq, Message)]
struct Shape {
    #[prost(message, repeated, tag = 2)]
    dim: Vec<Dimension>,
}

#[derive(Clone, PartialEq, Message)]
struct Dimension {
    #[prost(int64, tag = 1)]
    size: i64,
}

#[derive(Clone, PartialEq, Message)]
struct Metadata {
    #[prost(message, optional, tag = 1)]
    plugin_data: Option<PluginData>,
}

#[derive(Clone, PartialEq, Message)]
struct PluginData {
    #[prost(string, tag = 1)]
    plugin_name: String,
    #[prost(bytes = "vec", tag = 2)]
    content: Vec<u8>,
}

/// The content of the plugin `hparams`, version 0.
#[derive(Clone, PartialEq, Message)]
struct Hparams {
    #[prost(oneof = "Session", tags = "3, 4")]
    session: Option<Session>,
}

/// A session is a training with its hyperparameters, in a folder of its own.
#[derive(Clone, PartialEq, Oneof)]
pub(super) enum Session {
    #[prost(message, tag = 3)]
    Start(SessionStart),
    #[prost(message, tag = 4)]
    End(SessionEnd),
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct SessionStart {
    #[prost(btree_map = "string, message", tag = 1)]
    hparams: BTreeMap<String, Plain>,
    /// Seconds since 1970.
    #[prost(double, tag = 5)]
    start_time_secs: f64,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct SessionEnd {
    #[prost(enumeration = "Status", tag = 1)]
    status: i32,
    /// Seconds since 1970.
    #[prost(double, tag = 2)]
    end_time_secs: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Enumeration)]
#[repr(i32)]
pub(super) enum Status {
    /// Where a session has no end.
    Unknown = 0,
    Success = 1,
    Failure = 2,
}

/// `google.protobuf.Value`.
#[derive(Clone, PartialEq, Message)]
struct Plain {
    #[prost(oneof = "Kind", tags = "2, 3, 4")]
    kind: Option<Kind>,
}

#[derive(Clone, PartialEq, Oneof)]
enum Kind {
    #[prost(double, tag = 2)]
    Number(f64),
    #[prost(string, tag = 3)]
    Text(String),
    #[prost(bool, tag = 4)]
    Bool(bool),
}

impl Summary {
    /// One number.
    pub(super) fn scalar(tag: &str, value: f64) -> Self {
        Self::of(tag, None, Value::Scalar(value as f32))
    }

    fn of(tag: &str, metadata: Option<Metadata>, value: Value) -> Self {
        let value = Tagged {
            tag: tag.to_owned(),
            metadata,
            value: Some(value),
        };
        Self { value: vec![value] }
    }
}

impl Session {
    /// A session that starts at a time, in seconds since 1970, with hyperparameters.
    pub(super) fn start(at: f64, hyperparameters: Vec<(String, Json)>) -> Self {
        let plain = |value: Json| match value {
            Json::Null => None,
            Json::Bool(value) => Some(Kind::Bool(value)),
            Json::Number(value) => value.as_f64().map(Kind::Number),
            Json::String(text) => Some(Kind::Text(text)),
            other => Some(Kind::Text(other.to_string())),
        };
        let hparams = hyperparameters
            .into_iter()
            .filter_map(|(name, value)| {
                let kind = Some(plain(value)?);
                Some((name, Plain { kind }))
            })
            .collect();
        Self::Start(SessionStart {
            hparams,
            start_time_secs: at,
        })
    }

    /// The end of a session, in seconds since 1970.
    pub(super) fn end(at: f64, status: Status) -> Self {
        Self::End(SessionEnd {
            status: status.into(),
            end_time_secs: at,
        })
    }

    pub(super) fn summary(self) -> Summary {
        let tag = match self {
            Self::Start(_) => "_hparams_/session_start_info",
            Self::End(_) => "_hparams_/session_end_info",
        };
        let content = Hparams {
            session: Some(self),
        };
        let metadata = Metadata {
            plugin_data: Some(PluginData {
                plugin_name: "hparams".to_owned(),
                content: content.encode_to_vec(),
            }),
        };
        // As TensorBoard writes it: a tensor of shape (0,).
        let shape = Shape {
            dim: vec![Dimension { size: 0 }],
        };
        let tensor = Tensor {
            dtype: 1,
            shape: Some(shape),
        };
        Summary::of(tag, Some(metadata), Value::Tensor(tensor))
    }
}

/// The bytes of a file with these events.
pub(super) struct EventFile(Vec<u8>);

impl EventFile {
    /// A file that starts at a time, in seconds since 1970.
    pub(super) fn new(start: f64) -> Self {
        let mut file = Self(Vec::new());
        file.push(start, 0, Content::FileVersion("brain.Event:2".to_owned()));
        file
    }

    pub(super) fn summary(&mut self, wall_time: f64, step: u32, summary: Summary) {
        self.push(wall_time, step, Content::Summary(summary));
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    fn push(&mut self, wall_time: f64, step: u32, content: Content) {
        let event = Event {
            wall_time,
            step: step.into(),
            content: Some(content),
        };
        let event = event.encode_to_vec();
        let length = (event.len() as u64).to_le_bytes();
        self.0.extend(length);
        self.0.extend(masked(&length).to_le_bytes());
        self.0.extend(&event);
        self.0.extend(masked(&event).to_le_bytes());
    }
}

/// Masked as tensorflow's `crc32c.h` has it, since a checksum of data with checksums is weak.
fn masked(content: &[u8]) -> u32 {
    crc32c::crc32c(content)
        .rotate_right(15)
        .wrapping_add(0xA282_EAD8)
}
