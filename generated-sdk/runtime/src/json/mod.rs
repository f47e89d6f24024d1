//! JSON: models, types of values such as dates, serialization of parameters, and access to parts of a JSON
//! text.

pub(crate) mod error_path;
pub(crate) mod extract;
pub mod model;
pub(crate) mod parameter;
pub(crate) mod raw_value;
pub mod values;

use serde_json::Value;

/// JSON object without known properties.
pub type Object = serde_json::Map<String, Value>;
