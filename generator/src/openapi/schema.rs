use serde_json::Value;

use crate::document::SourceLocation;

/// Number of a schema in its document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SchemaId(pub(super) usize);

impl SchemaId {
    /// Returns the number, for use as an index into tables of all schemas.
    pub fn index(self) -> usize {
        self.0
    }
}

/// All schemas of a document.
#[derive(Debug, Default)]
pub struct Schemas {
    list: Vec<Schema>,
}

impl Schemas {
    pub(super) fn new(list: Vec<Schema>) -> Self {
        Self { list }
    }

    /// Returns the schema as written: it may be a reference.
    pub fn get(&self, id: SchemaId) -> &Schema {
        &self.list[id.0]
    }

    /// Returns the id of the schema with this number, if it exists.
    pub(crate) fn nth(&self, index: usize) -> Option<SchemaId> {
        (index < self.list.len()).then_some(SchemaId(index))
    }

    /// Replaces a schema.
    pub(crate) fn set(&mut self, id: SchemaId, schema: Schema) {
        self.list[id.0] = schema;
    }

    /// Adds a schema that is not in the document.
    pub(crate) fn add(&mut self, schema: Schema) -> SchemaId {
        self.list.push(schema);
        SchemaId(self.list.len() - 1)
    }

    /// Returns the number of schemas.
    pub(crate) fn len(&self) -> usize {
        self.list.len()
    }

    /// Returns the named schemas.
    pub fn components(&self) -> impl Iterator<Item = (SchemaId, &str)> {
        self.ids().filter_map(|id| Some((id, self.get(id).name.as_deref()?)))
    }

    /// Returns the ids of all schemas.
    pub fn ids(&self) -> impl Iterator<Item = SchemaId> + use<> {
        (0..self.list.len()).map(SchemaId)
    }
}

/// A JSON type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// `null`.
    Null,
    /// `true` and `false`.
    Boolean,
    /// Numbers without a fraction.
    Integer,
    /// All numbers.
    Number,
    /// Strings.
    String,
    /// Arrays.
    Array,
    /// Objects.
    Object,
}

impl Type {
    /// Returns the name of the type in JSON Schema.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::String => "string",
            Self::Array => "array",
            Self::Object => "object",
        }
    }
}

/// A schema. Fields of absent keywords are empty.
#[derive(Clone, Debug, PartialEq)]
pub struct Schema {
    /// Location in the document.
    pub location: SourceLocation,
    /// Name among the components.
    pub name: Option<String>,
    /// Target of `$ref`; the other keywords apply as well.
    pub reference: Option<SchemaId>,
    /// Allowed types; empty if any type is allowed.
    pub types: Vec<Type>,
    /// `true` if null is allowed, in the notation of any OpenAPI version.
    pub nullable: bool,
    /// Format of the type.
    pub format: Option<String>,
    /// Encoding of binary data in a string, such as `base64`.
    pub content_encoding: Option<String>,
    /// Allowed values, from `enum` or `const`.
    pub enum_values: Option<Vec<Value>>,
    /// Names of the allowed values, in their order (`x-enum-varnames`, `x-enumNames`); there may be fewer.
    pub value_names: Vec<String>,
    /// Descriptions of the allowed values, in their order (`x-enum-descriptions`); there may be fewer.
    pub value_descriptions: Vec<String>,
    /// Properties of an object, in the order of the document.
    pub properties: Vec<(String, SchemaId)>,
    /// Names of the required properties.
    pub required: Vec<String>,
    /// Properties of an object that are not listed in `properties`.
    pub additional: AdditionalProperties,
    /// Properties whose names match a pattern.
    pub pattern_properties: Vec<(String, SchemaId)>,
    /// Schemas of the first items of an array, by position.
    pub prefix_items: Vec<SchemaId>,
    /// `true` if an array has no items after `prefix_items`.
    pub is_closed: bool,
    /// Schema of the items of an array.
    pub items: Option<SchemaId>,
    /// Schemas that all apply.
    pub all_of: Vec<SchemaId>,
    /// Schemas of which exactly one applies.
    pub one_of: Vec<SchemaId>,
    /// Schemas of which at least one applies.
    pub any_of: Vec<SchemaId>,
    /// Discriminator of a union.
    pub discriminator: Option<Discriminator>,
    /// Media type of the content of a string.
    pub content_media_type: Option<String>,
    /// Schema of the content of a string that holds JSON.
    pub content_schema: Option<SchemaId>,
    /// `true` if only the server sends the value.
    pub read_only: bool,
    /// `true` if only the client sends the value.
    pub write_only: bool,
    /// `true` if the value is deprecated.
    pub deprecated: bool,
    /// Title.
    pub title: Option<String>,
    /// Description.
    pub description: Option<String>,
    /// Example values.
    pub examples: Vec<Value>,
    /// Value that the server assumes if the value is absent.
    pub default: Option<Value>,
    /// Constraints of JSON Schema as keyword and value; they are documented, not validated.
    pub constraints: Vec<(&'static str, Value)>,
}

impl Schema {
    /// Creates a schema that allows every value.
    pub(crate) fn new(location: SourceLocation) -> Self {
        Self {
            location,
            name: None,
            reference: None,
            types: Vec::new(),
            nullable: false,
            format: None,
            content_encoding: None,
            enum_values: None,
            value_names: Vec::new(),
            value_descriptions: Vec::new(),
            properties: Vec::new(),
            required: Vec::new(),
            additional: AdditionalProperties::Unspecified,
            pattern_properties: Vec::new(),
            prefix_items: Vec::new(),
            is_closed: false,
            items: None,
            all_of: Vec::new(),
            one_of: Vec::new(),
            any_of: Vec::new(),
            discriminator: None,
            content_media_type: None,
            content_schema: None,
            read_only: false,
            write_only: false,
            deprecated: false,
            title: None,
            description: None,
            examples: Vec::new(),
            default: None,
            constraints: Vec::new(),
        }
    }

    /// Returns the members of a union: `oneOf`, or `anyOf` if there is no `oneOf`.
    pub fn union_members(&self) -> &[SchemaId] {
        if self.one_of.is_empty() { &self.any_of } else { &self.one_of }
    }

    /// Returns `true` if the schema has `oneOf` or `anyOf`.
    pub fn is_union(&self) -> bool {
        !self.union_members().is_empty()
    }

    /// Returns the schemas that apply to the same value: the target of `$ref` and the parts of `allOf`.
    pub(crate) fn merged_schemas(&self) -> impl DoubleEndedIterator<Item = SchemaId> {
        self.reference.iter().chain(&self.all_of).copied()
    }

    /// Returns all schemas that this schema contains or refers to directly.
    pub(crate) fn subschemas(&self) -> impl Iterator<Item = SchemaId> + '_ {
        let additional = match self.additional {
            AdditionalProperties::Schema(id) => Some(id),
            _ => None,
        };
        let lists = self.all_of.iter().chain(&self.one_of).chain(&self.any_of).chain(&self.prefix_items);
        let properties = self.properties.iter().chain(&self.pattern_properties).map(|(_, id)| *id);
        properties.chain(lists.copied()).chain(self.reference).chain(self.items).chain(additional)
    }

    /// Returns `true` if the schema allows only null. This includes a nullable schema without other keywords: as
    /// a member of a union it means null.
    pub fn is_null(&self) -> bool {
        let is_unconstrained = self.types.is_empty()
            && self.enum_values.is_none()
            && self.reference.is_none()
            && self.all_of.is_empty()
            && !self.is_union()
            && self.properties.is_empty()
            && self.items.is_none()
            && self.additional == AdditionalProperties::Unspecified;
        self.types == [Type::Null]
            || self.enum_values.as_deref() == Some(&[Value::Null])
            || (self.nullable && is_unconstrained)
    }
}

/// Properties of an object that are not listed in `properties`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AdditionalProperties {
    /// The document does not state it.
    Unspecified,
    /// No additional properties are allowed.
    Forbidden,
    /// Additional properties may have any value.
    Any,
    /// Additional properties have values of this schema.
    Schema(SchemaId),
}

/// Discriminator of a union.
#[derive(Clone, Debug, PartialEq)]
pub struct Discriminator {
    /// Name of the property that identifies the member.
    pub property: String,
    /// Values of the property and the schemas that they identify.
    pub mapping: Vec<(String, SchemaId)>,
}
