//! Names of fields, values and variants.

use super::unique::UniqueNames;
use super::variants::without_repetition;
use super::{Language, Name, Namespace};
use crate::model::{Constant, EnumValue, Field, TypeKind};

pub(super) fn members(union: &Name, kind: &TypeKind, language: &dyn Language) -> Vec<Option<Name>> {
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
            let names = variants.iter().map(|variant| Name::new(&variant.name)).collect();
            let names = without_repetition(union, names, language);
            names.into_iter().map(|name| Some(taken.unique(name))).collect()
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
