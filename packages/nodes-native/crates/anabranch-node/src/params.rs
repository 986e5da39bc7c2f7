//! Params: JSON in, a checked struct out.

use serde::de::DeserializeOwned;

use crate::{Issue, NodeError};

/// Reads params of type `P`. Put `#[serde(deny_unknown_fields)]` on `P`, so that a misspelt key is an error.
///
/// # Errors
/// `ANB_PARAMS` naming the path of what is wrong.
pub fn parse_params<P: DeserializeOwned>(json: &str) -> Result<P, NodeError> {
    let mut deserializer = serde_json::Deserializer::from_str(json);
    serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let path = match error.path().to_string() {
            root if root == "." => String::new(),
            path => path,
        };
        NodeError::params(&[Issue::new(path, error.inner().to_string())])
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorCode;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Band {
        #[serde(rename = "gain")]
        _gain: f64,
    }

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Params {
        #[serde(rename = "bands")]
        _bands: Vec<Band>,
    }

    #[test]
    fn names_the_path_of_what_is_wrong() {
        for (json, path) in [
            (r#"{"bands":[{"gain":1},{"gain":"loud"}]}"#, "bands[1].gain"),
            (r#"{"bands":[{"gian":1}]}"#, "bands[0].gian"),
            (r#"{"bands":[{"gain":1e999}]}"#, "bands[0].gain"),
            ("{}", ""),
            ("not json", ""),
        ] {
            let error = parse_params::<Params>(json).unwrap_err();
            assert_eq!(error.code(), ErrorCode::Params);
            assert_eq!(error.details()["issues"][0]["path"], path, "{json}: {error}");
        }
    }

    #[test]
    fn numbers_are_those_that_were_written() {
        for number in [999.999_999_999_999_9, -2.191_691_341_160_122e-98, 0.1, 5e-324, f64::MAX] {
            let read: f64 = parse_params(&format!("{number:e}")).unwrap();
            assert_eq!(read.to_bits(), number.to_bits(), "{number:e} became {read:e}");
        }
    }
}
