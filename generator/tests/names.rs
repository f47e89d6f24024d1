//! Inferred names of resources and methods. Each block of the table shows one rule.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

/// Rows of `HTTP method, path, tag (or -), operation id, response -> resource.method`. Each block is a document. The
/// response is an object (`{}`), an array (`[]`) or unknown (`-`), and `!` marks deprecated operations.
const TABLE: &str = "
# Collections and items; methods named after the HTTP method.
GET    /v1/pets                     - listPets    []  -> pets.list
POST   /v1/pets                     - addPet      {}  -> pets.create
DELETE /v1/pets                     - clearPets   -   -> pets.bulk_delete
GET    /v1/pets/{id}                - getPet      {}  -> pets.get
PUT    /v1/pets/{id}                - putPet      {}  -> pets.update
POST   /v1/pets/{id}                - changePet   {}  -> pets.change_pet
PATCH  /v1/pets/{id}                - patchPet    {}  -> pets.edit
DELETE /v1/pets/{id}                - dropPet     -   -> pets.delete
GET    /v1/pets/{id}/diet           - getDiet     {}  -> pets.diet.get
PUT    /v1/pets/{id}/diet           - setDiet     {}  -> pets.diet.update
POST   /v1/schedule/{day}           - makeDay     {}  -> schedule.create
POST   /v1/rooms/{id}               - modify-room {}  -> rooms.update

# Actions: a verb at the end of the path, or a last segment with which the operation id begins.
POST   /pets/{id}/feed              - feedPet      -  -> pets.feed
POST   /pets/{id}/revoke_tokens     - p1           -  -> pets.revoke_tokens
PUT    /pets/{id}/enable            - p2           -  -> pets.enable
POST   /pets/{id}/groom             - groom-pet    -  -> pets.groom
POST   /pets/{id}/photo             - photo-add    -  -> pets.photo.create
PUT    /pets/{id}/name              - name-pet     -  -> pets.name.update
POST   /pets/{id}/token             - createToken  -  -> pets.token.create
POST   /pets/new                    - p3           -  -> pets.create
GET    /pets/search                 - p4           [] -> pets.search
PUT    /pets/bulk                   - p5           -  -> pets.bulk_update
POST   /pets/bulk/delete            - p6           -  -> pets.bulk_delete
POST   /walks/start/{route}         - p7           -  -> walks.start

# Lists: recognized by the response, by item paths, or by the operation id if the response is unknown.
GET    /owners                      - o1             [] -> owners.list
GET    /cats                        - o2             {} -> cats.list
GET    /cats/{id}                   - o3             {} -> cats.get
GET    /dogs                        - list-dogs      -  -> dogs.list
GET    /prices                      - list-prices    {} -> prices.get
POST   /birds                       - birds-list     -  -> birds.list
POST   /lists                       - create-a-list  {} -> lists.create

# POST to an item is an update if the collection has a POST, too.
POST   /tables                      - addTable    {}  -> tables.create
POST   /tables/{id}                 - setTable    {}  -> tables.update

# Sibling reports are methods of their parent; lists become resources if only lists are siblings.
GET    /reports/daily               - r1 {} -> reports.daily
GET    /reports/weekly              - r2 {} -> reports.weekly
GET    /usage/calls                 - r3 [] -> usage.calls
GET    /usage/texts                 - r4 [] -> usage.texts
GET    /usage/files                 - r5 [] -> usage.files
GET    /zoos/{id}/area              - a1 {} -> zoos.area.get
GET    /zoos/{id}/depth             - a2 {} -> zoos.depth.get
GET    /zoos/{id}/animals           - a3 [] -> zoos.animals.list
GET    /zoo/keepers                 - r6 [] -> zoo.keepers.list
GET    /zoo/visitors                - r7 [] -> zoo.visitors.list
GET    /zoo/gates                   - r8 [] -> zoo.gates.list
GET    /zoo/gates/{id}              - r9 {} -> zoo.gates.get

# Scopes are collections with sub-paths of many tags. Sub-paths with the tag of the scope stay below it.
GET    /teams/{id}                  Teams         s1  {} -> teams.get
GET    /teams/{id}/logo             Teams         s2  {} -> teams.logo.get
GET    /teams/{id}/members          Team_Members  s3  [] -> teams.members.list
GET    /teams/{id}/lists            Team_Lists    s4  [] -> lists.list
GET    /teams/{id}/boards           Boards        s5  [] -> boards.list
GET    /teams/{id}/boards/{b}       Boards        s6  {} -> boards.get
GET    /teams/{id}/charts           Charts        s7  [] -> charts.list
GET    /teams/{id}/labels           Labels        s8  [] -> labels.list
GET    /users/{id}/lists            User_Lists    s9  [] -> lists.list_for_user
GET    /users/{id}/notes            Notes         s10 [] -> notes.list
GET    /users/{id}/votes            Votes         s11 [] -> votes.list
GET    /users/{id}/files            Files         s12 [] -> files.list
GET    /users/{id}/links            Links         s13 [] -> links.list
GET    /users/{id}/skins            Skins         s14 [] -> skins.list

# A collection without tags or with few tags is no scope.
GET    /guilds/{id}/members         -             g1  [] -> guilds.members.list
GET    /guilds/{id}/roles           -             g2  [] -> guilds.roles.list
GET    /guilds/{id}/bans            -             g3  [] -> guilds.bans.list
GET    /guilds/{id}/emojis          -             g4  [] -> guilds.emojis.list
GET    /guilds/{id}/invites         -             g5  [] -> guilds.invites.list
GET    /guilds/{id}/stickers        -             g6  [] -> guilds.stickers.list
GET    /guilds/{id}/webhooks        -             g7  [] -> guilds.webhooks.list

# Tags expand abbreviated names, unless another resource has the expanded name.
GET    /pagerules                   Page_Rules                  t1 [] -> page_rules.list
GET    /mnm/rules                   Magic_Network_Monitoring    t2 [] -> magic_network_monitoring.rules.list
GET    /hold                        Zone_Holds                  t3 {} -> holds.get
GET    /app                         Apps                        t4 {} -> app.get
GET    /apps/{id}                   Apps                        t5 {} -> apps.get
GET    /kv/keys                     Workers_KV                  t6 [] -> kv.keys.list

# Repeated words are removed, and collections with a common first word are grouped.
GET    /finetunes                   -             f1  [] -> finetunes.list
GET    /finetunes/{id}/finetune-assets -          f2  [] -> finetunes.assets.list
GET    /firewall/access_rules/rules -             f3  [] -> firewall.access_rules.list
GET    /ai-gateway/gateways/{id}    -             f4  {} -> ai_gateway.get
GET    /dns_records                 -             f5  [] -> dns.records.list
GET    /dns_settings                -             f6  {} -> dns.settings.get
GET    /dns_analytics               -             f7  {} -> dns.analytics.get
GET    /dns_firewall                -             f8  {} -> dns_firewall.get
GET    /custom_pages                -             f9  [] -> custom_pages.list
GET    /custom_domains              -             f10 [] -> custom_domains.list
GET    /custom_colours              -             f11 [] -> custom_colours.list

# The second of two equal names gets a suffix. Deprecated operations are second.
GET    /indexes                     - u1          [] ! -> indexes.list_deprecated
GET    /v2/indexes                  - u2          []   -> indexes.list
GET    /v1/images                   - u3          []   -> images.list
GET    /v2/images                   - u4          []   -> images.list_v2
POST   /threads/runs                - createThreadAndRun {} -> threads.runs.create_thread_and_run
POST   /threads/{id}/runs           - createRun   {}   -> threads.runs.create
GET    /threads/{id}/runs           - listRuns    []   -> threads.runs.list
GET    /keys/{id}                   - u5          {}   -> keys.get
GET    /keys/{owner}/{name}         - u6          {}   -> keys.get_by_owner
";

#[test]
fn inferred_names_match_the_table() {
    let mut wrong = String::new();
    for (number, block) in TABLE.split("\n\n").enumerate() {
        let rows: Vec<Row> = block.lines().filter(|line| line.contains("->")).map(Row::read).collect();
        let found = names(&write(number, &document(&rows)));
        for row in &rows {
            let name = found.get(row.id).map_or("no name", String::as_str);
            if name != row.name {
                writeln!(wrong, "{} {}: {name}, expected {}", row.method, row.path, row.name).unwrap();
            }
        }
        assert_eq!(found.len(), rows.len(), "each operation has one method");
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

struct Row<'a> {
    method: &'a str,
    path: &'a str,
    tag: Option<String>,
    id: &'a str,
    response: &'a str,
    is_deprecated: bool,
    name: &'a str,
}

impl<'a> Row<'a> {
    fn read(line: &'a str) -> Self {
        let (operation, name) = line.split_once("->").unwrap();
        let words: Vec<&str> = operation.split_whitespace().collect();
        let [method, path, tag, id, response, rest @ ..] = words.as_slice() else { panic!("invalid row: {line}") };
        Self {
            method,
            path,
            tag: (*tag != "-").then(|| tag.replace('_', " ")),
            id,
            response,
            is_deprecated: rest == ["!"],
            name: name.trim(),
        }
    }
}

fn document(rows: &[Row]) -> Value {
    let mut paths = serde_json::Map::new();
    for row in rows {
        let parameters: Vec<Value> = row
            .path
            .split('{')
            .skip(1)
            .map(|rest| rest.split('}').next().unwrap())
            .map(|name| json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}}))
            .collect();
        let content = match row.response {
            "{}" => {
                json!({"application/json": {"schema": {"type": "object", "properties": {"name": {"type": "string"}}}}})
            }
            "[]" => json!({"application/json": {"schema": {"type": "array", "items": {"type": "string"}}}}),
            _ => json!({}),
        };
        let operation = json!({
            "operationId": row.id,
            "tags": row.tag.iter().collect::<Vec<_>>(),
            "deprecated": row.is_deprecated,
            "parameters": parameters,
            "responses": {"200": {"description": "Done.", "content": content}},
        });
        let item = paths.entry(row.path).or_insert_with(|| json!({}));
        item[row.method.to_lowercase()] = operation;
    }
    json!({"openapi": "3.1.0", "info": {"title": "Zoo", "version": "1"}, "paths": paths})
}

fn write(number: usize, document: &Value) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("names-{number}.json"));
    std::fs::write(&path, document.to_string()).unwrap();
    path
}

/// Returns the inferred name of each operation, by operation id.
fn names(spec: &Path) -> BTreeMap<String, String> {
    let configuration: Value = serde_yaml::from_str(&generator::init(spec, &[]).unwrap()).unwrap();
    let mut names = BTreeMap::new();
    collect(&configuration["resources"], "", &mut names);
    names
}

fn collect(resources: &Value, before: &str, names: &mut BTreeMap<String, String>) {
    for (name, resource) in resources.as_object().into_iter().flatten() {
        for (method, operation) in resource["methods"].as_object().into_iter().flatten() {
            let id = operation.as_str().or_else(|| operation["operation"].as_str()).unwrap();
            let previous = names.insert(id.to_owned(), format!("{before}{name}.{method}"));
            assert_eq!(previous, None, "{id} has two methods");
        }
        collect(&resource["resources"], &format!("{before}{name}."), names);
    }
}
