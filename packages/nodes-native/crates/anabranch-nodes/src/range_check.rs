//! Ranges of params, checked in Rust too: every problem at once.

use std::fmt::Display;
use std::ops::RangeInclusive;

use anabranch_node::{Issue, NodeError};

/// Collects what is wrong with params.
#[derive(Debug, Default)]
pub(crate) struct RangeCheck {
    issues: Vec<Issue>,
}

impl RangeCheck {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// `value` of the param `path` lies in `range`; `unit` is for the message, and may be empty.
    pub(crate) fn within<T: PartialOrd + Display>(
        mut self,
        path: &str,
        value: &T,
        range: &RangeInclusive<T>,
        unit: &str,
    ) -> Self {
        if !range.contains(value) {
            let expected =
                format!("{} to {}{}{unit}", range.start(), range.end(), if unit.is_empty() { "" } else { " " });
            let issue = Issue::new(path, format!("must be a number from {expected}"));
            self.issues.push(issue.expected(expected, value.to_string()));
        }
        self
    }

    /// `holds` is true of the param `path`; else `expected` says what would be.
    pub(crate) fn holds(mut self, path: &str, holds: bool, expected: &str, received: &impl Display) -> Self {
        if !holds {
            let issue = Issue::new(path, format!("must be {expected}"));
            self.issues.push(issue.expected(expected, received.to_string()));
        }
        self
    }

    /// `ANB_PARAMS` with every problem found.
    pub(crate) fn done(self) -> Result<(), NodeError> {
        if self.issues.is_empty() { Ok(()) } else { Err(NodeError::params(&self.issues)) }
    }
}
