//! What goes into a node and comes out of it.

use std::borrow::Cow;

use crate::{AudioBuffer, NodeError, PcmBuffer};

/// One value on a key.
#[derive(Debug)]
#[non_exhaustive]
pub enum Value<'f> {
    /// Audio: a view of samples.
    Audio(AudioBuffer<'f>),
    /// Samples of another type or layout.
    Pcm(PcmBuffer<'f>),
    /// A number: crosses to TypeScript at no cost.
    Number(f64),
    /// Plain data: text, records.
    Plain(serde_json::Value),
}

impl<'f> Value<'f> {
    /// The same value for reading alone, and the bytes of its samples for as long as they are lent. For hosts: what goes
    /// from node to node can be told after one of them has failed.
    #[must_use]
    pub fn into_shared(self) -> (Self, Cow<'f, [u8]>) {
        match self {
            Self::Audio(buffer) => {
                let (buffer, bytes) = buffer.into_shared();
                (Self::Audio(buffer), bytes)
            }
            Self::Pcm(buffer) => {
                let (buffer, bytes) = buffer.into_shared();
                (Self::Pcm(buffer), bytes)
            }
            other => (other, Cow::Borrowed(&[])),
        }
    }
}

impl Value<'_> {
    /// The same value in ordinary memory: for what outlives the call.
    #[must_use]
    pub fn into_owned(self) -> Value<'static> {
        match self {
            Self::Audio(buffer) => Value::Audio(buffer.into_owned()),
            Self::Pcm(buffer) => Value::Pcm(buffer.into_owned()),
            Self::Number(number) => Value::Number(number),
            Self::Plain(value) => Value::Plain(value),
        }
    }

    fn kind(&self) -> &'static str {
        match self {
            Self::Audio(_) => "audio",
            Self::Pcm(_) => "pcm",
            Self::Number(_) => "a number",
            Self::Plain(_) => "plain data",
        }
    }
}

macro_rules! keyed_values {
    ($(#[$doc:meta])* $name:ident, $role:literal) => {
        $(#[$doc])*
        #[derive(Debug, Default)]
        pub struct $name<'f> {
            // Most nodes have one key: it needs no allocation. (A SmallVec would make `'f` invariant.)
            first: Option<(&'static str, Value<'f>)>,
            others: Vec<(&'static str, Value<'f>)>,
            /// The media time that a node said of its outputs, µs; of inputs it is not used.
            pts_us: Option<f64>,
        }

        impl<'f> $name<'f> {
            /// No values.
            #[must_use]
            pub fn new() -> Self {
                Self::default()
            }

            /// One audio buffer on `key`.
            #[must_use]
            pub fn from_audio_buffer(key: &'static str, buffer: AudioBuffer<'f>) -> Self {
                Self { first: Some((key, Value::Audio(buffer))), ..Self::new() }
            }

            /// Puts `value` on `key` and gives back what was there.
            pub fn insert(&mut self, key: &'static str, value: Value<'f>) -> Option<Value<'f>> {
                if self.is_empty() {
                    self.first = Some((key, value));
                    return None;
                }
                if let Some(entry) = self.first.iter_mut().chain(&mut self.others).find(|entry| entry.0 == key) {
                    return Some(std::mem::replace(&mut entry.1, value));
                }
                if self.first.is_none() {
                    self.first = Some((key, value));
                } else {
                    self.others.push((key, value));
                }
                None
            }

            /// The value on `key`.
            #[must_use]
            pub fn get(&self, key: &str) -> Option<&Value<'f>> {
                self.first.iter().chain(&self.others).find(|entry| entry.0 == key).map(|entry| &entry.1)
            }

            /// Takes the value on `key` out.
            pub fn take(&mut self, key: &str) -> Option<Value<'f>> {
                if let Some((_, value)) = self.first.take_if(|entry| entry.0 == key) {
                    return Some(value);
                }
                let index = self.others.iter().position(|entry| entry.0 == key)?;
                Some(self.others.swap_remove(index).1)
            }

            /// The audio buffer on `key`.
            ///
            /// # Errors
            /// `ANB_INPUTS` when there is none or the value is of another kind.
            pub fn audio_buffer(&self, key: &str) -> Result<&AudioBuffer<'f>, NodeError> {
                match self.get(key) {
                    Some(Value::Audio(buffer)) => Ok(buffer),
                    other => Err(no_audio($role, key, other)),
                }
            }

            /// With `value` on `key`.
            #[must_use]
            pub fn with(mut self, key: &'static str, value: Value<'f>) -> Self {
                self.insert(key, value);
                self
            }

            /// Takes the audio buffer on `key` out.
            ///
            /// # Errors
            /// `ANB_INPUTS` when there is none or the value is of another kind.
            pub fn take_audio_buffer(&mut self, key: &str) -> Result<AudioBuffer<'f>, NodeError> {
                match self.take(key) {
                    Some(Value::Audio(buffer)) => Ok(buffer),
                    other => Err(no_audio($role, key, other.as_ref())),
                }
            }

            /// The same values in ordinary memory.
            #[must_use]
            pub fn into_owned(self) -> $name<'static> {
                let mut owned = $name { pts_us: self.pts_us, ..$name::new() };
                for (key, value) in self.first.into_iter().chain(self.others) {
                    owned.insert(key, value.into_owned());
                }
                owned
            }

            /// The keys that have a value.
            pub fn keys(&self) -> impl Iterator<Item = &'static str> + '_ {
                self.first.iter().chain(&self.others).map(|entry| entry.0)
            }

            /// Whether no key has a value.
            #[must_use]
            pub fn is_empty(&self) -> bool {
                self.first.is_none() && self.others.is_empty()
            }
        }
    };
}

keyed_values! {
    /// The input set that one execute takes. Keys are those the node declares.
    NodeInputs, "input"
}

keyed_values! {
    /// What one execute gives. A declared key that is absent is filtered; a key not declared is an error.
    NodeOutputs, "output"
}

impl NodeOutputs<'_> {
    /// Says the media time of these outputs in µs, where the host could not count it (time `samples`); `None` leaves it to
    /// the host, which counts on from what was said last.
    #[must_use]
    pub fn at(mut self, pts_us: Option<f64>) -> Self {
        self.pts_us = pts_us;
        self
    }

    /// What [`at`](Self::at) said.
    #[must_use]
    pub fn pts_us(&self) -> Option<f64> {
        self.pts_us
    }
}

fn no_audio(role: &str, key: &str, found: Option<&Value<'_>>) -> NodeError {
    let found = found.map_or("nothing", Value::kind);
    NodeError::inputs(key, format!("{role} '{key}' should be audio and is {found}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorCode;

    #[test]
    fn a_missing_key_and_a_wrong_kind_name_the_key() {
        let mut inputs = NodeInputs::new();
        inputs.insert("input", Value::Plain("hello".into()));
        for key in ["input", "other"] {
            let error = inputs.audio_buffer(key).map(|_| ()).unwrap_err();
            assert_eq!(error.code(), ErrorCode::Inputs);
            assert_eq!(error.details()["key"], key);
        }
    }

    #[test]
    fn insert_gives_back_what_was_there() {
        let mut outputs = NodeOutputs::new();
        assert!(outputs.is_empty());
        assert!(outputs.insert("output", Value::Plain(1.into())).is_none());
        assert!(matches!(outputs.insert("output", Value::Plain(2.into())), Some(Value::Plain(one)) if one == 1));
        assert_eq!(outputs.keys().collect::<Vec<_>>(), ["output"]);
        assert!(matches!(outputs.take("output"), Some(Value::Plain(two)) if two == 2));
        assert!(outputs.take("output").is_none());
    }
}
