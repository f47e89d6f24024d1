use serde_json::Value;

use crate::document::SourceLocation;

/// A schema's number in its document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SchemaId(pub(super) usize);

impl SchemaId {
    /// The number, for tables about all schemas.
    pub fn index(self) -> usize {
        self.0
    }
}

/// All schemas of a document.
#[derive(Debug, Default)]
pub struct Schemas {
    pub(super) list: Vec<Schema>,
}

impl Schemas {
    /// The schema, as it stands: it may be a reference.
    pub fn get(&self, id: SchemaId) -> &Schema {
        &self.list[id.0]
    }

    /// The schema with this number, if there is one.
    pub(crate) fn nth(&self, index: usize) -> Option<SchemaId> {
        (index < self.list.len()).then_some(SchemaId(index))
    }

    /// Puts another schema in the place of one.
    pub(crate) fn set(&mut self, id: SchemaId, schema: Schema) {
        self.list[id.0] = schema;
    }

    /// Adds a schema that the document does not have by itself.
    pub(crate) fn add(&mut self, schema: Schema) -> SchemaId {
        self.list.push(schema);
        SchemaId(self.list.len() - 1)
    }

    /// The named schemas.
    pub fn components(&self) -> impl Iterator<Item = (SchemaId, &str)> {
        self.ids().filter_map(|id| Some((id, self.get(id).name.as_deref()?)))
    }

    /// All schemas.
    pub fn ids(&self) -> impl Iterator<Item = SchemaId> + use<> {
        (0..self.list.len()).map(SchemaId)
    }
}

/// A type of JSON values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// `null`.
    Null,
    /// `true` and `false`.
    Boolean,
    /// Numbers without a fraction.
    Integer,
    /// Any numbers.
    Number,
    /// Text.
    String,
    /// Lists.
    Array,
    /// Maps.
    Object,
}

/// What a schema says. A keyword that it leaves out is empty.
#[derive(Clone, Debug, PartialEq)]
pub struct Schema {
    /// Where it stands.
    pub location: SourceLocation,
    /// The name it has among the components.
    pub name: Option<String>,
    /// The schema that a `$ref` points to; the keywords beside it count as well.
    pub reference: Option<SchemaId>,
    /// The types it allows; any, if empty.
    pub types: Vec<Type>,
    /// Whether null is allowed, in the words of any version of OpenAPI.
    pub nullable: bool,
    /// Narrows the type.
    pub format: Option<String>,
    /// How text stands for bytes, such as `base64`.
    pub encoding: Option<String>,
    /// The values it allows.
    pub values: Option<Vec<Value>>,
    /// Names of the values, in their order (`x-enum-varnames`, `x-enumNames`); may be fewer.
    pub value_names: Vec<String>,
    /// What the values mean, in their order (`x-enum-descriptions`); may be fewer.
    pub value_descriptions: Vec<String>,
    /// The properties of an object, in order.
    pub properties: Vec<(String, SchemaId)>,
    /// The properties that must be there.
    pub required: Vec<String>,
    /// What an object may hold besides its properties.
    pub additional: Additional,
    /// What an object holds under names that match a pattern.
    pub patterns: Vec<(String, SchemaId)>,
    /// What the first items of an array are, each in its place.
    pub prefix_items: Vec<SchemaId>,
    /// Whether an array has no more items than those.
    pub is_closed: bool,
    /// What the items of an array are.
    pub items: Option<SchemaId>,
    /// Schemas that all apply.
    pub all_of: Vec<SchemaId>,
    /// Schemas of which exactly one applies.
    pub one_of: Vec<SchemaId>,
    /// Schemas of which at least one applies.
    pub any_of: Vec<SchemaId>,
    /// Tells the schemas of a union apart.
    pub discriminator: Option<Discriminator>,
    /// The media type of what is in text.
    pub content_media_type: Option<String>,
    /// What is in text that is JSON.
    pub content_schema: Option<SchemaId>,
    /// Sent by the server only.
    pub read_only: bool,
    /// Sent by the client only.
    pub write_only: bool,
    /// No longer to be used.
    pub deprecated: bool,
    /// A name.
    pub title: Option<String>,
    /// What it is.
    pub description: Option<String>,
    /// Values that it allows.
    pub examples: Vec<Value>,
    /// What the server takes in place of an absent value.
    pub default: Option<Value>,
    /// Limits that JSON Schema states, as keyword and value: they are documented, not checked.
    pub limits: Vec<(&'static str, Value)>,
}

impl Schema {
    /// A schema that says nothing.
    pub(crate) fn new(location: SourceLocation) -> Self {
        Self {
            location,
            name: None,
            reference: None,
            types: Vec::new(),
            nullable: false,
            format: None,
            encoding: None,
            values: None,
            value_names: Vec::new(),
            value_descriptions: Vec::new(),
            properties: Vec::new(),
            required: Vec::new(),
            additional: Additional::Unstated,
            patterns: Vec::new(),
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
            limits: Vec::new(),
        }
    }

    /// Whether it allows nothing but null. As a member of a union, one that only says that null is allowed means
    /// that too.
    pub fn is_null(&self) -> bool {
        let says_nothing = self.types.is_empty()
            && self.values.is_none()
            && self.reference.is_none()
            && self.all_of.is_empty()
            && self.one_of.is_empty()
            && self.any_of.is_empty()
            && self.properties.is_empty()
            && self.items.is_none()
            && self.additional == Additional::Unstated;
        self.types == [Type::Null]
            || self.values.as_deref() == Some(&[Value::Null])
            || (self.nullable && says_nothing)
    }
}

/// What an object may hold besides its properties.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Additional {
    /// Nothing is said.
    Unstated,
    /// Nothing.
    Forbidden,
    /// Anything.
    Any,
    /// Values of a schema.
    Schema(SchemaId),
}

/// Tells the schemas of a union apart.
#[derive(Clone, Debug, PartialEq)]
pub struct Discriminator {
    /// The property to look at.
    pub property: String,
    /// What its values mean.
    pub mapping: Vec<(String, SchemaId)>,
}
