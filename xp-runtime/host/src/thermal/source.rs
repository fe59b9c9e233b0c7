//! What a source of temperatures is. Its variants have files of their own; it judges nothing that it reads.

/// What one sensor reads.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// The chip that it is on: a processor's sensors fail together.
    pub chip: String,
    /// °C, plausible or not.
    pub celsius: f64,
}

/// A source of temperatures.
pub trait Source: Send {
    /// What it is, for the pre-flight table.
    fn name(&self) -> String;
    /// Readings of the sensors that answer.
    fn read(&mut self) -> Vec<Reading>;
}
