//! Deserialization and serialization of models, enums and unions.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::collections::BTreeMap;

use sdk_runtime::serde::de::DeserializeOwned;
use sdk_runtime::serde_json::{from_str, to_string};
use sdk_runtime::{DateTime, Value, serde_json};

fn parse<T: DeserializeOwned>(text: &str) -> T {
    let parsed: T = serde_json::from_str(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    // Deserializing from a `Value` uses other code than from text, and must succeed as well.
    let value: Value = text.parse().unwrap();
    serde_json::from_value::<T>(value).unwrap();
    parsed
}

/// Returns the error of deserializing the text.
fn parse_error<T: DeserializeOwned + std::fmt::Debug>(text: &str) -> String {
    serde_json::from_str::<T>(text).unwrap_err().to_string()
}

fn serialize(value: &impl sdk_runtime::serde::Serialize) -> String {
    serde_json::to_string(value).unwrap()
}

#[derive(Clone, Debug)]
pub enum Level {
    Low,
    VeryHigh,
    Unrecognized(String),
}

sdk_runtime::string_enum!(Level { Low = "low", VeryHigh = "very-high" });

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    pub id: String,
    pub owner: Option<String>,
    pub name: Option<String>,
    pub note: Option<Option<String>>,
    pub price: f64,
    pub discount: Option<f64>,
    pub steps: Option<Vec<f64>>,
    pub level: Option<Level>,
    pub created: Option<DateTime>,
    pub parent: Option<Box<Plan>>,
}

sdk_runtime::model!(Plan {
    constant "kind" = Text("plan");
    "id" required id;
    "owner" required owner;
    "display-name" optional name;
    "note" nullable note;
    "price" number price;
    "discount" optional_number discount;
    "steps" optional_number steps;
    "level" optional level;
    "created" optional created;
    "parent" optional parent;
});

/// Returns a plan with only the required fields, followed by `more`.
fn plan(more: &str) -> String {
    format!(r#"{{"kind":"plan","id":"a","owner":null,"price":20{more}}}"#)
}

#[test]
fn a_model_round_trips() {
    let full = concat!(
        r#"{"kind":"plan","id":"a","owner":"ada","display-name":"\u00fc \"","note":"x","price":20.5,"#,
        r#""discount":0,"steps":[1,2.5,-3],"level":"very-high","created":"2014-03-01T12:21:02.0000Z","#,
        r#""parent":{"kind":"plan","id":"b","owner":null,"note":null,"price":1e300}}"#
    );
    let parsed: Plan = parse(full);
    assert_eq!(parsed.name.as_deref(), Some("ü \""));
    assert_eq!((parsed.price, parsed.discount), (20.5, Some(0.0)));
    assert_eq!(parsed.level, Some(Level::VeryHigh));
    assert_eq!(parsed.parent.as_ref().unwrap().note, Some(None));
    assert_eq!(serialize(&parsed).replace("1e+300", "1e300"), full.replace("\\u00fc", "ü"));
    // Absent fields stay absent; a required field is written as null.
    assert_eq!(serialize(&parse::<Plan>(&plan(""))), plan(""));
}

#[test]
fn nullable_fields_distinguish_absent_from_null() {
    for (more, note) in [("", None), (r#","note":null"#, Some(None)), (r#","note":"x""#, Some(Some("x")))] {
        let text = format!(r#"{{"kind":"plan","id":"a","owner":null{more},"price":20}}"#);
        let parsed: Plan = parse(&text);
        assert_eq!(parsed.note.as_ref().map(|note| note.as_deref()), note);
        assert_eq!(serialize(&parsed), text);
    }
    // For other optional fields null equals absent.
    let parsed: Plan = parse(&plan(r#","display-name":null,"discount":null,"level":null,"parent":null"#));
    assert_eq!(parsed, parse(&plan("")));
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Limits {
    pub label: Option<String>,
    pub low: Option<f64>,
    pub high: Option<Option<f64>>,
}

sdk_runtime::model!(Limits {
    "label" required_nullable label;
    "low" required_nullable_number low;
    "high" nullable_number high;
});

#[test]
fn required_nullable_fields_are_written_as_null() {
    for text in [
        r#"{"label":null,"low":null}"#,
        r#"{"label":null,"low":null,"high":null}"#,
        r#"{"label":"x","low":20,"high":20.5}"#,
        r#"{"label":"","low":0,"high":20}"#,
    ] {
        assert_eq!(serialize(&parse::<Limits>(text)), text);
    }
    // A missing field is accepted when reading.
    assert_eq!(serialize(&parse::<Limits>("{}")), r#"{"label":null,"low":null}"#);
    assert_eq!(parse::<Limits>(r#"{"high":null}"#).high, Some(None));
}

#[test]
fn integral_numbers_are_written_without_a_fraction() {
    for number in ["20", "20.5", "0", "-7", "0.1", "9007199254740992", "-0.0"] {
        let text = plan("").replace("20", number);
        assert_eq!(serialize(&parse::<Plan>(&text)), text);
    }
    let parsed: Plan = parse(&plan("").replace("20", "20.0"));
    assert_eq!(serialize(&parsed), plan(""), "a zero fraction is dropped");
}

#[test]
fn a_missing_required_field_is_an_error_that_names_it() {
    for (text, message) in [
        (r#"{"owner":null,"price":1}"#, "missing field `id`"),
        (r#"{"id":"a","price":1}"#, "missing field `owner`"),
        (r#"{"id":"a","owner":null}"#, "missing field `price`"),
        (r#"{"id":null,"owner":null,"price":1}"#, "expected a string"),
        (r#"{"id":"a","owner":null,"price":null}"#, "expected f64"),
        ("[]", "expected an object"),
        ("null", "expected an object"),
    ] {
        assert!(parse_error::<Plan>(text).contains(message), "{text}: {}", parse_error::<Plan>(text));
    }
}

#[test]
fn a_wrong_constant_is_an_error() {
    for wrong in [r#""other""#, "1", "null"] {
        let error = parse_error::<Plan>(&plan("").replace(r#""plan""#, wrong));
        assert!(error.contains("plan") || error.contains("expected a string"), "{error}");
    }
    // Also if the constant is the last property, or contains an escape.
    assert!(parse_error::<Plan>(r#"{"id":"a","owner":null,"price":1,"kind":"other"}"#).contains("`kind`"));
    parse::<Plan>(&plan("").replace(r#""plan""#, r#""pl\u0061n""#));
}

#[test]
fn accepts_fields_in_any_order_and_unknown_properties() {
    let parsed: Plan = parse(concat!(
        r#"{"new":{"id":"not this"},"price":20,"note":"x","kind":"plan","ID":1,"owner":"ada","more":[[1],{}],"#,
        r#""display-name":"n","id":"a","":null}"#
    ));
    let expected = Plan {
        id: "a".to_owned(),
        owner: Some("ada".to_owned()),
        name: Some("n".to_owned()),
        note: Some(Some("x".to_owned())),
        price: 20.0,
        ..Plan::default()
    };
    assert_eq!(parsed, expected);
}

#[test]
fn the_last_of_duplicate_properties_wins() {
    let parsed: Plan = parse(&plan(r#","id":"b","note":"x","note":null,"price":2,"price":3"#));
    assert_eq!((parsed.id.as_str(), parsed.note, parsed.price), ("b", Some(None), 3.0));
}

macro_rules! wide {
    ($($wire:literal $field:ident,)*) => {
        #[derive(Clone, Debug, Default, PartialEq)]
        pub struct Wide {
            $(pub $field: i64,)*
        }

        sdk_runtime::model!(Wide { $($wire required $field;)* });
    };
}

wide! {
    "f0" f0, "f1" f1, "f2" f2, "f3" f3, "f4" f4, "f5" f5, "f6" f6, "f7" f7, "f8" f8,
    "f9" f9, "f10" f10, "f11" f11, "f12" f12, "f13" f13, "f14" f14, "f15" f15,
    "f16" f16, "f17" f17, "f18" f18, "f19" f19, "f20" f20, "f21" f21, "f22" f22,
    "f23" f23, "f24" f24, "f25" f25, "f26" f26, "f27" f27, "f28" f28, "f29" f29,
    "f30" f30, "f31" f31, "f32" f32, "f33" f33, "f34" f34, "f35" f35, "f36" f36,
    "f37" f37, "f38" f38, "f39" f39, "f40" f40, "f41" f41, "f42" f42, "f43" f43,
    "f44" f44, "f45" f45, "f46" f46, "f47" f47, "f48" f48, "f49" f49, "f50" f50,
    "f51" f51, "f52" f52, "f53" f53, "f54" f54, "f55" f55, "f56" f56, "f57" f57,
    "f58" f58, "f59" f59, "f60" f60, "f61" f61, "f62" f62, "f63" f63, "f64" f64,
    "f65" f65, "f66" f66, "f67" f67, "f68" f68, "f69" f69, "f70" f70, "f71" f71,
    "f72" f72, "f73" f73, "f74" f74, "f75" f75, "f76" f76, "f77" f77, "f78" f78,
    "f79" f79, "f80" f80, "f81" f81, "f82" f82, "f83" f83, "f84" f84, "f85" f85,
    "f86" f86, "f87" f87, "f88" f88, "f89" f89, "f90" f90, "f91" f91, "f92" f92,
    "f93" f93, "f94" f94, "f95" f95, "f96" f96, "f97" f97, "f98" f98, "f99" f99,
    "f100" f100, "f101" f101, "f102" f102, "f103" f103, "f104" f104, "f105" f105,
    "f106" f106, "f107" f107, "f108" f108, "f109" f109, "f110" f110, "f111" f111,
    "f112" f112, "f113" f113, "f114" f114, "f115" f115, "f116" f116, "f117" f117,
    "f118" f118, "f119" f119, "f120" f120, "f121" f121, "f122" f122, "f123" f123,
    "f124" f124, "f125" f125, "f126" f126, "f127" f127, "f128" f128, "f129" f129,
}

#[test]
fn a_missing_field_is_found_in_a_model_with_130_fields() {
    let object = |left_out: Option<usize>| {
        let fields = (0..130).filter(|index| Some(*index) != left_out);
        let fields: Vec<String> = fields.map(|index| format!(r#""f{index}":{index}"#)).collect();
        format!("{{{}}}", fields.join(","))
    };
    let parsed: Wide = parse(&object(None));
    assert_eq!(
        (parsed.f0, parsed.f63, parsed.f64, parsed.f127, parsed.f128, parsed.f129),
        (0, 63, 64, 127, 128, 129)
    );
    assert_eq!(serialize(&parsed), object(None));
    for index in 0..130 {
        let error = parse_error::<Wide>(&object(Some(index)));
        assert!(error.contains(&format!("missing field `f{index}`")), "{error}");
    }
}

#[test]
fn an_enum_keeps_unknown_values() {
    assert_eq!(parse::<Level>(r#""very-high""#), Level::VeryHigh);
    assert_eq!(parse::<Level>(r#""Low""#), Level::Unrecognized("Low".to_owned()), "matching is case-sensitive");
    assert_eq!(parse::<Vec<Level>>(r#"["l\u006fw", ""]"#), [Level::Low, Level::Unrecognized(String::new())]);
    for text in [r#""low""#, r#""very-high""#, r#""new in 2030""#, r#""""#] {
        assert_eq!(serialize(&parse::<Level>(text)), text);
    }
    assert_eq!(Level::VeryHigh.to_string(), "very-high");
    // Conversion from text recognizes known values.
    assert_eq!(Level::from("low"), Level::Low);
    assert!(parse_error::<Level>("1").contains("expected a string"));
    assert!(parse_error::<Level>("null").contains("expected a string"));
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cat {
    pub lives: i64,
}

sdk_runtime::model!(Cat {
    constant "type" = Text("cat");
    "lives" required lives;
});

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dog {
    pub lives: Option<i64>,
    pub tricks: Vec<String>,
}

sdk_runtime::model!(Dog {
    constant "type" = Text("dog");
    "lives" optional lives;
    "tricks" required tricks;
});

#[derive(Clone, Debug, PartialEq)]
pub enum Pet {
    Cat(Cat),
    Dog(Dog),
    Unrecognized(Value),
}

sdk_runtime::union!(Pet by "type" { "cat" => Cat(Cat), "dog" => Dog(Dog) });

#[test]
fn the_discriminator_selects_the_variant() {
    assert_eq!(parse::<Pet>(r#"{"lives":9,"type":"cat"}"#), Pet::Cat(Cat { lives: 9 }));
    let dog = r#"{"type":"dog","lives":1,"tricks":["sit"]}"#;
    assert_eq!(parse::<Pet>(dog), Pet::Dog(Dog { lives: Some(1), tricks: vec!["sit".to_owned()] }));
    assert_eq!(serialize(&parse::<Pet>(dog)), dog);
    assert_eq!(
        serialize(&Pet::from(Cat { lives: 7 })),
        r#"{"type":"cat","lives":7}"#,
        "the discriminator is written"
    );
    // A known variant that does not match its type is an error, not an unknown variant.
    let error = parse_error::<Pet>(r#"{"type":"dog","lives":9}"#);
    assert!(error.contains("missing field `tricks`"), "{error}");
}

#[test]
fn the_discriminator_may_follow_other_properties() {
    let dog = Pet::Dog(Dog { lives: Some(1), tricks: vec!["sit".to_owned()] });
    for text in [
        r#"{"type":"dog","lives":1,"tricks":["sit"]}"#,
        r#"{"lives":1,"type":"dog","tricks":["sit"]}"#,
        r#"{"lives":1,"tricks":["sit"],"colour":{"coat":["brown"]},"type":"dog"}"#,
    ] {
        assert_eq!(parse::<Pet>(text), dog, "{text}");
    }
    // Mismatches are reported both before and after the discriminator.
    for text in [r#"{"type":"dog","lives":"9"}"#, r#"{"lives":"9","type":"dog"}"#] {
        let error = parse_error::<Pet>(text);
        assert!(error.contains("invalid type: string \"9\", expected i64"), "{error}");
    }
    // The first of duplicate discriminators selects the variant, and the second must equal it.
    let error = parse_error::<Pet>(r#"{"type":"cat","lives":9,"type":"dog"}"#);
    assert!(error.contains("expected `type` to be \"cat\""), "{error}");
}

#[derive(Clone, Debug, PartialEq)]
pub enum Home {
    Owner(Box<Owner>),
    Cat(Cat),
    Unrecognized(Value),
}

sdk_runtime::union!(Home by "kind" { "owner" => Owner(Box<Owner>), "cat" => Cat(Cat) });

#[derive(Clone, Debug, PartialEq)]
pub enum Owner {
    Cat(Cat),
    Home(Box<Home>),
    Unrecognized(Value),
}

sdk_runtime::union!(Owner by "type" { "cat" => Cat(Cat), "home" => Home(Box<Home>) });

#[test]
fn unions_can_be_nested() {
    let cat = Owner::Cat(Cat { lives: 9 });
    for text in [r#"{"kind":"owner","lives":9,"type":"cat"}"#, r#"{"type":"cat","lives":9,"kind":"owner"}"#] {
        assert_eq!(parse::<Home>(text), Home::Owner(Box::new(cat.clone())), "{text}");
    }
}

#[test]
fn an_unknown_discriminator_is_kept_and_written_back() {
    for text in [
        r#"{"z":1,"type":"parrot","a":{"y":[1.5,null],"b":"ü"}}"#,
        r#"{"lives":9}"#,
        r#"{"type":7}"#,
        r#"["cat"]"#,
        "null",
    ] {
        let pet: Pet = parse(text);
        assert!(matches!(pet, Pet::Unrecognized(_)), "{text}");
        assert_eq!(serialize(&pet), text);
    }
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Range {
    pub from: i64,
    pub to: Option<i64>,
}

sdk_runtime::model!(Range {
    "from" required from;
    "to" optional to;
});

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Steps {
    pub from: i64,
    pub to: Option<i64>,
    pub step: Option<i64>,
}

sdk_runtime::model!(Steps {
    "from" required from;
    "to" optional to;
    "step" optional step;
});

#[derive(Clone, Debug, PartialEq)]
pub enum Pick {
    Range(Range),
    Steps(Steps),
    Cat(Cat),
    Word(String),
    Integer(i64),
    Number(f64),
    List(Vec<String>),
    Unrecognized(Value),
}

sdk_runtime::union!(Pick {
    object Range(Range),
    object Steps(Steps),
    object Cat(Cat),
    value Word(String),
    value Integer(i64),
    value Number(f64),
    value List(Vec<String>),
});

#[test]
fn without_a_discriminator_the_variant_with_most_known_properties_is_selected() {
    let range = Pick::Range(Range { from: 1, to: Some(2) });
    assert_eq!(parse::<Pick>(r#"{"from":1,"to":2}"#), range, "both match equally: the first");
    let steps = Pick::Steps(Steps { from: 1, to: None, step: Some(3) });
    assert_eq!(parse::<Pick>(r#"{"from":1,"step":3}"#), steps, "the second has more known properties");
    assert_eq!(parse::<Pick>(r#"{"new":0,"from":1,"step":3}"#), steps, "also with an unknown property");
    assert_eq!(parse::<Pick>(r#"{"new":0,"from":1,"to":2}"#), range);
    // The best match cannot be deserialized, so the second best is selected.
    let range = Pick::Range(Range { from: 1, to: None });
    assert_eq!(parse::<Pick>(r#"{"from":1,"step":"three"}"#), range);
    // A constant counts as a known property and must have its value.
    assert_eq!(parse::<Pick>(r#"{"type":"cat","lives":9,"from":1}"#), Pick::Cat(Cat { lives: 9 }));
    assert_eq!(parse::<Pick>(r#"{"type":"cow","lives":9,"from":1}"#), range);
}

#[test]
fn without_a_discriminator_the_json_type_selects_the_variant() {
    for (text, expected) in [
        (r#""x""#, Pick::Word("x".to_owned())),
        ("7", Pick::Integer(7)),
        ("7.5", Pick::Number(7.5)),
        ("[]", Pick::List(Vec::new())),
        (r#"["a"]"#, Pick::List(vec!["a".to_owned()])),
    ] {
        assert_eq!(parse::<Pick>(text), expected);
        assert_eq!(serialize(&expected), text);
    }
}

#[test]
fn without_a_discriminator_unmatched_values_are_kept_and_written_back() {
    for text in
        ["null", "true", "[1]", r#"["a",1]"#, r#"{"z":1,"a":2,"from":"x"}"#, "{}", r#"{"type":"cow","lives":9}"#]
    {
        let pick: Pick = parse(text);
        assert!(matches!(pick, Pick::Unrecognized(_)), "{text}: {pick:?}");
        assert_eq!(serialize(&pick), text);
    }
}

#[derive(Clone, Debug, PartialEq)]
pub enum Labels {
    Flat(BTreeMap<String, String>),
    Nested(BTreeMap<String, BTreeMap<String, String>>),
    Unrecognized(Value),
}

sdk_runtime::union!(Labels {
    value Flat(BTreeMap<String, String>),
    value Nested(BTreeMap<String, BTreeMap<String, String>>),
});

#[test]
fn map_variants_are_distinguished_by_their_values() {
    let is_flat = |labels: &Labels| matches!(labels, Labels::Flat(_));
    let is_nested = |labels: &Labels| matches!(labels, Labels::Nested(_));
    for (text, flat, nested) in [
        (r#"{"a":"b","c":"d"}"#, true, false),
        (r#"{"a":{"b":"c"},"d":{}}"#, false, true),
        (r#"{"a":"b","c":{"d":"e"}}"#, false, false),
        ("{}", true, false),
    ] {
        let labels: Labels = parse(text);
        assert_eq!((is_flat(&labels), is_nested(&labels)), (flat, nested), "{text}: {labels:?}");
        assert_eq!(serialize(&labels), text);
    }
}

/// A model with additional properties.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Labelled {
    name: String,
    additional: BTreeMap<String, f64>,
}

sdk_runtime::model!(Labelled {
    constant "version" = Integer(2);
    constant "is_label" = Boolean(true);
    default "kind" = Text("label");
    "name" required name;
    other numbers additional;
});

#[test]
fn additional_properties_are_kept() {
    let json = r#"{"version":2,"is_label":true,"kind":"label","name":"a","b":20,"c":0.5}"#;
    let labelled: Labelled = from_str(json).unwrap();
    assert_eq!(labelled.additional, BTreeMap::from([("b".to_owned(), 20.0), ("c".to_owned(), 0.5)]));
    assert_eq!(to_string(&labelled).unwrap(), json);

    // A default may be absent, but must not have another value.
    assert!(from_str::<Labelled>(r#"{"version":2,"is_label":true,"name":"a"}"#).is_ok());
    assert!(from_str::<Labelled>(r#"{"version":2,"is_label":true,"kind":"x","name":"a"}"#).is_err());
    let error = from_str::<Labelled>(r#"{"version":3,"is_label":true,"name":"a"}"#).unwrap_err();
    assert!(error.to_string().contains("expected `version` to be 2"), "{error}");
    let error = from_str::<Labelled>(r#"{"version":2,"is_label":true,"name":"a","b":"c"}"#).unwrap_err();
    assert!(error.is_data(), "{error}");
}

#[test]
fn times_durations_and_base64_keep_their_text_and_parse_on_demand() {
    use sdk_runtime::{Base64, Duration, Time};

    for (text, expected) in
        [("12:21:02", "12:21:02"), ("12:21:02.5Z", "12:21:02.5"), ("12:21:02+02:00", "12:21:02")]
    {
        let time: Time = from_str(&format!("\"{text}\"")).unwrap();
        assert_eq!(time.time().unwrap().to_string(), expected);
        assert_eq!(time.to_string(), text);
    }
    assert!(Time::from("noon").time().is_err());
    assert!(Time::from("").time().is_err());
    assert_eq!(Duration::from("P1Y2M3DT4H").span().unwrap().get_months(), 2);
    assert!(Duration::from("long").span().is_err());
    for text in ["-_8=", "-_8", "+/8=", "+/8"] {
        let base64: Base64 = from_str(&format!("\"{text}\"")).unwrap();
        assert_eq!(base64.decode().unwrap(), [0xfb, 0xff]);
        assert_eq!(base64.to_string(), text);
    }
    assert!(Base64::from_text("%").decode().is_err());
}
