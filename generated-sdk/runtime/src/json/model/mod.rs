//! Serialization and deserialization of generated models.
//!
//! A generated model does not derive serde's traits, because the derived code for an entire API takes minutes
//! and gigabytes to compile. Instead it declares a table of its fields with [`model!`](crate::model!), and
//! the single visitor and serializer in this module read and write every model through its table. Models
//! implement serde's traits, so they work with any format.

mod de;
mod field;
mod integer_enum;
mod ser;
mod string_enum;
mod table;
mod tagged;
mod union;

pub use de::deserialize;
pub use field::FieldDeserializer;
pub use ser::ObjectSerializer;
#[doc(hidden)]
pub use string_enum::deserialize as deserialize_string;
pub use table::{Constant, Field, Kind, Model, Table};
#[doc(hidden)]
pub use tagged::{Tagged, read_tagged};
#[doc(hidden)]
pub use union::{Candidate, member, read_untagged, try_read};
