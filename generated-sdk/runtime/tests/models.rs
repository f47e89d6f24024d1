//! Models, enums and unions: what is read, what is refused, and that what is written is what was read.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::collections::BTreeMap;

use sdk_runtime::serde::de::DeserializeOwned;
use sdk_runtime::serde_json::{from_str, to_string};
use sdk_runtime::{DateTime, Value, serde_json};

fn read<T: DeserializeOwned>(text: &str) -> T {
    let read: T = serde_json::from_str(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    // Values take another way into a model than text, with the same result.
    let value: Value = text.parse().unwrap();
    serde_json::from_value::<T>(value).unwrap();
    read
}

/// Why the text doesn't fit.
fn misfit<T: DeserializeOwned + std::fmt::Debug>(text: &str) -> String {
    serde_json::from_str::<T>(text).unwrap_err().to_string()
}

fn write(value: &impl sdk_runtime::serde::Serialize) -> String {
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
    0 "id" required id;
    1 "owner" required owner;
    2 "display-name" optional name;
    3 "note" nullable note;
    4 "price" number price;
    5 "discount" optional_number discount;
    6 "steps" optional_number steps;
    7 "level" optional level;
    8 "created" optional created;
    9 "parent" optional parent;
});

/// The least that a plan is, with more fields behind it.
fn plan(more: &str) -> String {
    format!(r#"{{"kind":"plan","id":"a","owner":null,"price":20{more}}}"#)
}

#[test]
fn what_was_read_is_what_is_written() {
    let full = concat!(
        r#"{"kind":"plan","id":"a","owner":"ada","display-name":"\u00fc \"","note":"x","price":20.5,"#,
        r#""discount":0,"steps":[1,2.5,-3],"level":"very-high","created":"2014-03-01T12:21:02.0000Z","#,
        r#""parent":{"kind":"plan","id":"b","owner":null,"note":null,"price":1e300}}"#
    );
    let found: Plan = read(full);
    assert_eq!(found.name.as_deref(), Some("ü \""));
    assert_eq!((found.price, found.discount), (20.5, Some(0.0)));
    assert_eq!(found.level, Some(Level::VeryHigh));
    assert_eq!(found.parent.as_ref().unwrap().note, Some(None));
    assert_eq!(write(&found).replace("1e+300", "1e300"), full.replace("\\u00fc", "ü"));
    // What is absent stays absent, and a required null is written.
    assert_eq!(write(&read::<Plan>(&plan(""))), plan(""));
}

#[test]
fn absent_and_null_are_told_apart_where_the_api_does() {
    for (more, note) in [("", None), (r#","note":null"#, Some(None)), (r#","note":"x""#, Some(Some("x")))] {
        let text = format!(r#"{{"kind":"plan","id":"a","owner":null{more},"price":20}}"#);
        let found: Plan = read(&text);
        assert_eq!(found.note.as_ref().map(|note| note.as_deref()), note);
        assert_eq!(write(&found), text);
    }
    // Elsewhere null is as good as absent.
    let found: Plan = read(&plan(r#","display-name":null,"discount":null,"level":null,"parent":null"#));
    assert_eq!(found, read(&plan("")));
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Limits {
    pub label: Option<String>,
    pub low: Option<f64>,
    pub high: Option<Option<f64>>,
}

sdk_runtime::model!(Limits {
    0 "label" required_nullable label;
    1 "low" required_nullable_number low;
    2 "high" nullable_number high;
});

#[test]
fn null_is_written_where_a_field_must_be_there() {
    for text in [
        r#"{"label":null,"low":null}"#,
        r#"{"label":null,"low":null,"high":null}"#,
        r#"{"label":"x","low":20,"high":20.5}"#,
        r#"{"label":"","low":0,"high":20}"#,
    ] {
        assert_eq!(write(&read::<Limits>(text)), text);
    }
    // A server that leaves it out does no harm.
    assert_eq!(write(&read::<Limits>("{}")), r#"{"label":null,"low":null}"#);
    assert_eq!(read::<Limits>(r#"{"high":null}"#).high, Some(None));
}

#[test]
fn whole_numbers_stay_whole() {
    for number in ["20", "20.5", "0", "-7", "0.1", "9007199254740992", "-0.0"] {
        let text = plan("").replace("20", number);
        assert_eq!(write(&read::<Plan>(&text)), text);
    }
    let found: Plan = read(&plan("").replace("20", "20.0"));
    assert_eq!(write(&found), plan(""), "a fraction of nothing is dropped");
}

#[test]
fn a_field_that_must_be_there_is_missed_by_its_name() {
    for (text, says) in [
        (r#"{"owner":null,"price":1}"#, "missing field `id`"),
        (r#"{"id":"a","price":1}"#, "missing field `owner`"),
        (r#"{"id":"a","owner":null}"#, "missing field `price`"),
        (r#"{"id":null,"owner":null,"price":1}"#, "expected a string"),
        (r#"{"id":"a","owner":null,"price":null}"#, "expected f64"),
        ("[]", "expected an object"),
        ("null", "expected an object"),
    ] {
        assert!(misfit::<Plan>(text).contains(says), "{text}: {}", misfit::<Plan>(text));
    }
}

#[test]
fn a_constant_that_is_another_is_an_error() {
    for wrong in [r#""other""#, "1", "null"] {
        let error = misfit::<Plan>(&plan("").replace(r#""plan""#, wrong));
        assert!(error.contains("plan") || error.contains("expected a string"), "{error}");
    }
    // Not only where it stands first, and with an escape in it.
    assert!(misfit::<Plan>(r#"{"id":"a","owner":null,"price":1,"kind":"other"}"#).contains("`kind`"));
    read::<Plan>(&plan("").replace(r#""plan""#, r#""pl\u0061n""#));
}

#[test]
fn fields_come_in_any_order_with_strangers_between_them() {
    let found: Plan = read(concat!(
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
    assert_eq!(found, expected);
}

#[test]
fn a_field_that_comes_twice_has_its_last_value() {
    let found: Plan = read(&plan(r#","id":"b","note":"x","note":null,"price":2,"price":3"#));
    assert_eq!((found.id.as_str(), found.note, found.price), ("b", Some(None), 3.0));
}

macro_rules! wide {
    ($($index:literal $wire:literal $field:ident,)*) => {
        #[derive(Clone, Debug, Default, PartialEq)]
        pub struct Wide {
            $(pub $field: i64,)*
        }

        sdk_runtime::model!(Wide { $($index $wire required $field;)* });
    };
}

wide! {
    0 "f0" f0, 1 "f1" f1, 2 "f2" f2, 3 "f3" f3, 4 "f4" f4, 5 "f5" f5, 6 "f6" f6, 7 "f7" f7, 8 "f8" f8,
    9 "f9" f9, 10 "f10" f10, 11 "f11" f11, 12 "f12" f12, 13 "f13" f13, 14 "f14" f14, 15 "f15" f15,
    16 "f16" f16, 17 "f17" f17, 18 "f18" f18, 19 "f19" f19, 20 "f20" f20, 21 "f21" f21, 22 "f22" f22,
    23 "f23" f23, 24 "f24" f24, 25 "f25" f25, 26 "f26" f26, 27 "f27" f27, 28 "f28" f28, 29 "f29" f29,
    30 "f30" f30, 31 "f31" f31, 32 "f32" f32, 33 "f33" f33, 34 "f34" f34, 35 "f35" f35, 36 "f36" f36,
    37 "f37" f37, 38 "f38" f38, 39 "f39" f39, 40 "f40" f40, 41 "f41" f41, 42 "f42" f42, 43 "f43" f43,
    44 "f44" f44, 45 "f45" f45, 46 "f46" f46, 47 "f47" f47, 48 "f48" f48, 49 "f49" f49, 50 "f50" f50,
    51 "f51" f51, 52 "f52" f52, 53 "f53" f53, 54 "f54" f54, 55 "f55" f55, 56 "f56" f56, 57 "f57" f57,
    58 "f58" f58, 59 "f59" f59, 60 "f60" f60, 61 "f61" f61, 62 "f62" f62, 63 "f63" f63, 64 "f64" f64,
    65 "f65" f65, 66 "f66" f66, 67 "f67" f67, 68 "f68" f68, 69 "f69" f69, 70 "f70" f70, 71 "f71" f71,
    72 "f72" f72, 73 "f73" f73, 74 "f74" f74, 75 "f75" f75, 76 "f76" f76, 77 "f77" f77, 78 "f78" f78,
    79 "f79" f79, 80 "f80" f80, 81 "f81" f81, 82 "f82" f82, 83 "f83" f83, 84 "f84" f84, 85 "f85" f85,
    86 "f86" f86, 87 "f87" f87, 88 "f88" f88, 89 "f89" f89, 90 "f90" f90, 91 "f91" f91, 92 "f92" f92,
    93 "f93" f93, 94 "f94" f94, 95 "f95" f95, 96 "f96" f96, 97 "f97" f97, 98 "f98" f98, 99 "f99" f99,
    100 "f100" f100, 101 "f101" f101, 102 "f102" f102, 103 "f103" f103, 104 "f104" f104, 105 "f105" f105,
    106 "f106" f106, 107 "f107" f107, 108 "f108" f108, 109 "f109" f109, 110 "f110" f110, 111 "f111" f111,
    112 "f112" f112, 113 "f113" f113, 114 "f114" f114, 115 "f115" f115, 116 "f116" f116, 117 "f117" f117,
    118 "f118" f118, 119 "f119" f119, 120 "f120" f120, 121 "f121" f121, 122 "f122" f122, 123 "f123" f123,
    124 "f124" f124, 125 "f125" f125, 126 "f126" f126, 127 "f127" f127, 128 "f128" f128, 129 "f129" f129,
}

#[test]
fn a_giant_model_misses_each_of_its_fields() {
    let object = |left_out: Option<usize>| {
        let fields = (0..130).filter(|index| Some(*index) != left_out);
        let fields: Vec<String> = fields.map(|index| format!(r#""f{index}":{index}"#)).collect();
        format!("{{{}}}", fields.join(","))
    };
    let found: Wide = read(&object(None));
    assert_eq!((found.f0, found.f63, found.f64, found.f127, found.f128, found.f129), (0, 63, 64, 127, 128, 129));
    assert_eq!(write(&found), object(None));
    for index in 0..130 {
        let error = misfit::<Wide>(&object(Some(index)));
        assert!(error.contains(&format!("missing field `f{index}`")), "{error}");
    }
}

#[test]
fn an_enum_keeps_what_it_does_not_know() {
    assert_eq!(read::<Level>(r#""very-high""#), Level::VeryHigh);
    assert_eq!(read::<Level>(r#""Low""#), Level::Unrecognized("Low".to_owned()), "the case counts");
    assert_eq!(read::<Vec<Level>>(r#"["l\u006fw", ""]"#), [Level::Low, Level::Unrecognized(String::new())]);
    for text in [r#""low""#, r#""very-high""#, r#""new in 2030""#, r#""""#] {
        assert_eq!(write(&read::<Level>(text)), text);
    }
    assert_eq!(Level::VeryHigh.to_string(), "very-high");
    // A known value given as text is the known variant.
    assert_eq!(Level::from("low"), Level::Low);
    assert!(misfit::<Level>("1").contains("expected a string"));
    assert!(misfit::<Level>("null").contains("expected a string"));
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cat {
    pub lives: i64,
}

sdk_runtime::model!(Cat {
    constant "type" = Text("cat");
    0 "lives" required lives;
});

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dog {
    pub lives: Option<i64>,
    pub tricks: Vec<String>,
}

sdk_runtime::model!(Dog {
    constant "type" = Text("dog");
    0 "lives" optional lives;
    1 "tricks" required tricks;
});

#[derive(Clone, Debug, PartialEq)]
pub enum Pet {
    Cat(Cat),
    Dog(Dog),
    Unrecognized(Value),
}

sdk_runtime::union!(Pet by "type" { "cat" => Cat(Cat), "dog" => Dog(Dog) });

#[test]
fn a_tag_says_which_member_it_is() {
    assert_eq!(read::<Pet>(r#"{"lives":9,"type":"cat"}"#), Pet::Cat(Cat { lives: 9 }));
    let dog = r#"{"type":"dog","lives":1,"tricks":["sit"]}"#;
    assert_eq!(read::<Pet>(dog), Pet::Dog(Dog { lives: Some(1), tricks: vec!["sit".to_owned()] }));
    assert_eq!(write(&read::<Pet>(dog)), dog);
    assert_eq!(write(&Pet::from(Cat { lives: 7 })), r#"{"type":"cat","lives":7}"#, "the tag is written");
    // A member that is known and doesn't fit is an error, not an unknown one.
    let error = misfit::<Pet>(r#"{"type":"dog","lives":9}"#);
    assert!(error.contains("missing field `tricks`"), "{error}");
}

#[test]
fn a_tag_may_stand_anywhere() {
    let dog = Pet::Dog(Dog { lives: Some(1), tricks: vec!["sit".to_owned()] });
    for text in [
        r#"{"type":"dog","lives":1,"tricks":["sit"]}"#,
        r#"{"lives":1,"type":"dog","tricks":["sit"]}"#,
        r#"{"lives":1,"tricks":["sit"],"colour":{"coat":["brown"]},"type":"dog"}"#,
    ] {
        assert_eq!(read::<Pet>(text), dog, "{text}");
    }
    // What does not fit says so, whether it stands before the tag or behind it.
    for text in [r#"{"type":"dog","lives":"9"}"#, r#"{"lives":"9","type":"dog"}"#] {
        let error = misfit::<Pet>(text);
        assert!(error.contains("invalid type: string \"9\", expected i64"), "{error}");
    }
    // Only the first tag counts, as anything that comes twice must have one meaning.
    let error = misfit::<Pet>(r#"{"type":"cat","lives":9,"type":"dog"}"#);
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
fn unions_can_be_members_of_each_other() {
    let cat = Owner::Cat(Cat { lives: 9 });
    for text in [r#"{"kind":"owner","lives":9,"type":"cat"}"#, r#"{"type":"cat","lives":9,"kind":"owner"}"#] {
        assert_eq!(read::<Home>(text), Home::Owner(Box::new(cat.clone())), "{text}");
    }
}

#[test]
fn an_unknown_tag_is_kept_and_written_back() {
    for text in [
        r#"{"z":1,"type":"parrot","a":{"y":[1.5,null],"b":"ü"}}"#,
        r#"{"lives":9}"#,
        r#"{"type":7}"#,
        r#"["cat"]"#,
        "null",
    ] {
        let pet: Pet = read(text);
        assert!(matches!(pet, Pet::Unrecognized(_)), "{text}");
        assert_eq!(write(&pet), text);
    }
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Range {
    pub from: i64,
    pub to: Option<i64>,
}

sdk_runtime::model!(Range {
    0 "from" required from;
    1 "to" optional to;
});

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Steps {
    pub from: i64,
    pub to: Option<i64>,
    pub step: Option<i64>,
}

sdk_runtime::model!(Steps {
    0 "from" required from;
    1 "to" optional to;
    2 "step" optional step;
});

#[derive(Clone, Debug, PartialEq)]
pub enum Pick {
    Range(Range),
    Steps(Steps),
    Cat(Cat),
    Word(String),
    Whole(i64),
    Number(f64),
    List(Vec<String>),
    Unrecognized(Value),
}

sdk_runtime::union!(Pick {
    object Range(Range),
    object Steps(Steps),
    object Cat(Cat),
    value Word(String),
    value Whole(i64),
    value Number(f64),
    value List(Vec<String>),
});

#[test]
fn without_a_tag_the_member_that_knows_most_properties_is_meant() {
    let range = Pick::Range(Range { from: 1, to: Some(2) });
    assert_eq!(read::<Pick>(r#"{"from":1,"to":2}"#), range, "both fit: the first");
    let steps = Pick::Steps(Steps { from: 1, to: None, step: Some(3) });
    assert_eq!(read::<Pick>(r#"{"from":1,"step":3}"#), steps, "the second knows more");
    assert_eq!(read::<Pick>(r#"{"new":0,"from":1,"step":3}"#), steps, "with a stranger too");
    assert_eq!(read::<Pick>(r#"{"new":0,"from":1,"to":2}"#), range);
    // The best match doesn't fit, so the next best is meant.
    let range = Pick::Range(Range { from: 1, to: None });
    assert_eq!(read::<Pick>(r#"{"from":1,"step":"three"}"#), range);
    // A constant is a known property, and must have its value.
    assert_eq!(read::<Pick>(r#"{"type":"cat","lives":9,"from":1}"#), Pick::Cat(Cat { lives: 9 }));
    assert_eq!(read::<Pick>(r#"{"type":"cow","lives":9,"from":1}"#), range);
}

#[test]
fn without_a_tag_the_kind_of_value_says_which_member_is_meant() {
    for (text, expected) in [
        (r#""x""#, Pick::Word("x".to_owned())),
        ("7", Pick::Whole(7)),
        ("7.5", Pick::Number(7.5)),
        ("[]", Pick::List(Vec::new())),
        (r#"["a"]"#, Pick::List(vec!["a".to_owned()])),
    ] {
        assert_eq!(read::<Pick>(text), expected);
        assert_eq!(write(&expected), text);
    }
}

#[test]
fn without_a_tag_what_fits_nothing_is_kept_and_written_back() {
    for text in
        ["null", "true", "[1]", r#"["a",1]"#, r#"{"z":1,"a":2,"from":"x"}"#, "{}", r#"{"type":"cow","lives":9}"#]
    {
        let pick: Pick = read(text);
        assert!(matches!(pick, Pick::Unrecognized(_)), "{text}: {pick:?}");
        assert_eq!(write(&pick), text);
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
fn maps_are_told_apart_by_their_values() {
    let is_flat = |labels: &Labels| matches!(labels, Labels::Flat(_));
    let is_nested = |labels: &Labels| matches!(labels, Labels::Nested(_));
    for (text, flat, nested) in [
        (r#"{"a":"b","c":"d"}"#, true, false),
        (r#"{"a":{"b":"c"},"d":{}}"#, false, true),
        (r#"{"a":"b","c":{"d":"e"}}"#, false, false),
        ("{}", true, false),
    ] {
        let labels: Labels = read(text);
        assert_eq!((is_flat(&labels), is_nested(&labels)), (flat, nested), "{text}: {labels:?}");
        assert_eq!(write(&labels), text);
    }
}

/// A thing with properties that nobody listed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Labelled {
    name: String,
    others: BTreeMap<String, f64>,
}

sdk_runtime::model!(Labelled {
    constant "version" = Integer(2);
    constant "is_label" = Boolean(true);
    default "kind" = Text("label");
    0 "name" required name;
    other numbers others;
});

#[test]
fn an_open_object_keeps_the_properties_that_its_table_does_not_have() {
    let json = r#"{"version":2,"is_label":true,"kind":"label","name":"a","b":20,"c":0.5}"#;
    let labelled: Labelled = from_str(json).unwrap();
    assert_eq!(labelled.others, BTreeMap::from([("b".to_owned(), 20.0), ("c".to_owned(), 0.5)]));
    assert_eq!(to_string(&labelled).unwrap(), json);

    // It may be absent, but not something else.
    assert!(from_str::<Labelled>(r#"{"version":2,"is_label":true,"name":"a"}"#).is_ok());
    assert!(from_str::<Labelled>(r#"{"version":2,"is_label":true,"kind":"x","name":"a"}"#).is_err());
    let error = from_str::<Labelled>(r#"{"version":3,"is_label":true,"name":"a"}"#).unwrap_err();
    assert!(error.to_string().contains("expected `version` to be 2"), "{error}");
    let error = from_str::<Labelled>(r#"{"version":2,"is_label":true,"name":"a","b":"c"}"#).unwrap_err();
    assert!(error.is_data(), "{error}");
}

#[test]
fn times_durations_and_base64_keep_their_text_and_read_it_on_demand() {
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
