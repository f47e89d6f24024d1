//! How generated models become JSON and come back from it.
//!
//! A generated model does not derive serde's traits: for a whole API the derived code takes minutes and
//! gigabytes to compile. Instead it states a table of its fields with [`model!`](crate::model!), and the one
//! visitor in this module reads and writes every model through its table. It stays serde: any format works.

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
