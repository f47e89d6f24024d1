//! Names of fields, values and variants.

use super::{Language, Name, Namespace, UniqueNames};
use crate::model::{Constant, EnumValue, Field, TypeKind};

pub(super) fn members(kind: &TypeKind, language: &dyn Language) -> Vec<Option<Name>> {
    match kind {
        TypeKind::Object(fields) => {
            let mut taken = UniqueNames::new(language, Namespace::Field);
            let name = |field: &Field| match field.constant {
                Some(_) => None,
                None => Some(taken.unique(Name::new(&field.name))),
            };
            fields.iter().map(name).collect()
        }
        TypeKind::Enum(values) => {
            let mut taken = UniqueNames::new(language, Namespace::Variant);
            values.iter().map(|value| Some(taken.unique(enum_value(value)))).collect()
        }
        TypeKind::Union { variants, .. } => {
            let mut taken = UniqueNames::new(language, Namespace::Variant);
            variants.iter().map(|variant| Some(taken.unique(Name::new(&variant.name)))).collect()
        }
    }
}

fn enum_value(value: &EnumValue) -> Name {
    match (&value.value, &value.name) {
        (_, Some(name)) => Name::new(name),
        (Constant::Text(text), None) => Name::new(text),
        (value, None) => Name::new(&format!("value {value}")),
    }
}
