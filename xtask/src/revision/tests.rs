//! Files of a repository in a temporary folder, as they were.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::fs;
use std::process::Command;

use super::*;

struct Repo(TempDir);

impl Repo {
    fn new() -> Self {
        let repo = Self(tempfile::tempdir().unwrap());
        repo.git(&["init", "--quiet", "--initial-branch", "main"]);
        repo
    }

    fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn git(&self, arguments: &[&str]) -> String {
        let mut command = Command::new("git");
        let who = ["-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "core.autocrlf=false"];
        command.current_dir(self.0.path()).args(who).args(arguments);
        let output = command.env("GIT_CONFIG_GLOBAL", "").output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    fn commit(&self) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "--message", "Change"]);
    }

    fn at(&self, revision: &str) -> Revision {
        Revision::find(revision, &self.path("spec/openapi.yaml")).unwrap_or_else(|Failure(why)| panic!("{why}"))
    }

    fn files(&self, revision: &str, allowed: &[PathBuf]) -> Snapshot {
        let files = self.at(revision).files(&self.path("spec/openapi.yaml"), None, allowed);
        files.unwrap_or_else(|Failure(why)| panic!("{why}"))
    }
}

/// One whose spec has two versions, the first of which is `v0.1.0`.
fn repository() -> Repo {
    let repo = Repo::new();
    repo.write("spec/openapi.yaml", "one");
    repo.write("spec/parts/pets.yaml", "pets");
    repo.write("shared/deep/common.yaml", "common");
    repo.write("src/main.rs", "fn main() {}");
    repo.commit();
    repo.git(&["tag", "v0.1.0"]);
    repo.write("spec/openapi.yaml", "two");
    repo.write("spec/sdk.yaml", "config");
    fs::remove_dir_all(repo.path("spec/parts")).unwrap();
    repo.commit();
    repo.write("spec/openapi.yaml", "not yet committed");
    repo
}

#[track_caller]
fn fails<T: std::fmt::Debug>(result: Result<T, Failure>, about: &[&str]) {
    let Failure(why) = result.unwrap_err();
    for words in about {
        assert!(why.contains(words), "no {words:?} in: {why}");
    }
}

#[test]
fn files_are_as_they_were_and_go_away_again() {
    let repo = repository();
    let status = repo.git(&["status", "--porcelain"]);
    let index = fs::read(repo.path(".git/index")).unwrap();
    let hash = repo.git(&["rev-parse", "main~1"]);
    for name in ["v0.1.0", "HEAD~1", "main^", "refs/heads/main~1", &hash, &hash[..10]] {
        let old = repo.files(name, &[repo.path("shared/deep")]);
        assert_eq!(fs::read_to_string(&old.spec).unwrap(), "one", "{name}");
        assert_eq!(fs::read_to_string(old.spec.parent().unwrap().join("parts/pets.yaml")).unwrap(), "pets");
        let shared = old.spec.parent().unwrap().join("../shared/deep/common.yaml");
        assert_eq!(fs::read_to_string(shared).unwrap(), "common", "the layout is the same");
        assert_eq!(fs::read_to_string(old.allowed[0].join("common.yaml")).unwrap(), "common");
        assert_eq!(old.config, None, "there was none");
        assert!(!old.root.join("src").exists(), "no part of the spec");
        assert_eq!(old.shown(&old.spec), format!("{name}:spec/openapi.yaml"));
        assert_eq!(old.named(&format!("see {}", old.spec.display())), format!("see {name}:spec/openapi.yaml"));
    }
    let new = repo.files("HEAD", &[]);
    assert_eq!(fs::read_to_string(&new.spec).unwrap(), "two");
    assert_eq!(fs::read_to_string(new.config.as_ref().unwrap()).unwrap(), "config");
    let root = new.root.clone();
    drop(new);
    assert!(!root.exists());
    assert_eq!(repo.git(&["status", "--porcelain"]), status);
    assert_eq!(fs::read(repo.path(".git/index")).unwrap(), index);
    assert_eq!(fs::read_to_string(repo.path("spec/openapi.yaml")).unwrap(), "not yet committed");
}

#[test]
fn files_that_are_gone_today_are_found() {
    let repo = repository();
    fs::remove_dir_all(repo.path("spec")).unwrap();
    assert_eq!(fs::read_to_string(repo.files("HEAD", &[]).spec).unwrap(), "two");
}

#[test]
fn a_spec_in_the_first_folder_and_a_configuration_elsewhere() {
    let repo = Repo::new();
    repo.write("openapi.yaml", "one");
    repo.write("a*[b]: c/sdk.yaml", "config");
    repo.write("a*[b]: c/more.yaml", "more");
    repo.commit();
    let (spec, config) = (repo.path("openapi.yaml"), repo.path("a*[b]: c/sdk.yaml"));
    let files = repo.at("HEAD").files(&spec, Some(&config), &[]).unwrap();
    assert_eq!(files.shown(files.config.as_ref().unwrap()), "HEAD:a*[b]: c/sdk.yaml");
    assert!(files.root.join("a*[b]: c/more.yaml").exists(), "all is in the spec's folder");

    let repo = repository();
    repo.write("a*[b]: c/sdk.yaml", "config");
    repo.write("a*[b]: c/more.yaml", "more");
    repo.commit();
    let (spec, config) = (repo.path("spec/openapi.yaml"), repo.path("a*[b]: c/sdk.yaml"));
    let files = repo.at("HEAD").files(&spec, Some(&config), &[]).unwrap();
    assert_eq!(fs::read_to_string(files.config.as_ref().unwrap()).unwrap(), "config");
    assert!(!files.root.join("a*[b]: c/more.yaml").exists(), "only the file was asked for");
    // What is in no repository can only be taken as it is.
    let elsewhere = tempfile::NamedTempFile::new().unwrap();
    let files = repo.at("HEAD").files(&spec, Some(elsewhere.path()), &[]).unwrap();
    assert_eq!(files.config.as_deref(), Some(elsewhere.path()));
}

#[test]
fn what_is_missing_is_said() {
    let repo = repository();
    let spec = repo.path("spec/openapi.yaml");
    let old = repo.at("v0.1.0");
    fails(old.files(&repo.path("spec/other.yaml"), None, &[]), &["v0.1.0 has no file spec/other.yaml"]);
    fails(old.files(&spec, Some(&repo.path("spec/sdk.yaml")), &[]), &["v0.1.0 has no file spec/sdk.yaml"]);
    // A folder that wasn't there was not referred to, either.
    repo.write("new/pets.yaml", "pets");
    let files = repo.files("v0.1.0", &[repo.path("new")]);
    assert_eq!(fs::read_dir(&files.allowed[0]).unwrap().count(), 0);

    let elsewhere = tempfile::tempdir().unwrap();
    let outside = elsewhere.path().join("spec.yaml");
    fails(old.files(&outside, None, &[]), &["not in the repository", "v0.1.0"]);
    fails(old.files(&spec, None, &[elsewhere.path().to_owned()]), &["not in the repository"]);
    fails(Revision::find("HEAD", &outside), &["not in the work tree of a git repository"]);
    let empty = Repo::new();
    fails(Revision::find("HEAD", &empty.path("spec.yaml")), &["no revision \"HEAD\""]);
}

#[test]
fn hostile_names_are_no_options() {
    let repo = repository();
    let spec = repo.path("spec/openapi.yaml");
    for name in ["", "-", "--", "--output=x", "--help", "-C/", "HEAD\nHEAD", "\0"] {
        fails(Revision::find(name, &spec), &["can't be the name of a revision"]);
    }
    for name in ["v9", "HEAD~9", "HEAD:spec", "^HEAD", "HEAD..v0.1.0", "main branch", "*", "HEAD^{tree}", "$(id)"]
    {
        fails(Revision::find(name, &spec), &["no revision", name]);
    }
    assert!(!repo.path("x").exists());
}

#[test]
fn a_file_is_meant_before_a_revision() {
    let repo = repository();
    let spec = repo.path("spec/openapi.yaml");
    let file = |text: &str| match Side::named(text, &spec).unwrap() {
        Side::File(path) => Some(path),
        Side::Revision(_) => None,
    };
    let name = spec.to_str().unwrap();
    assert_eq!(file(name), Some(spec.clone()));
    assert_eq!(file("HEAD"), None);
    assert_eq!(file("v0.1.0"), None);
    // The tests run in the folder of this package, which has such a file and such a folder.
    repo.git(&["branch", "Cargo.toml"]);
    repo.git(&["branch", "src"]);
    assert_eq!(file("Cargo.toml"), Some("Cargo.toml".into()));
    assert_eq!(file("refs/heads/Cargo.toml"), None);
    assert_eq!(file("src"), None);
    fails(Side::named("tests", &spec), &["is a folder: name the OpenAPI document in it", "no revision"]);
    fails(Side::named("v9.yaml", &spec), &["there is no file \"v9.yaml\"", "no revision \"v9.yaml\""]);
    fails(Side::named("", &spec), &["can't be the name of a revision"]);
}

/// A link is followed where it stays, as in the work tree.
#[cfg(unix)]
#[test]
fn links_lead_nowhere_else() {
    use std::os::unix::fs::symlink;
    let repo = repository();
    repo.write("spec/a/b/pets.yaml", "pets");
    repo.write("spec/top.yaml", "top");
    symlink("a/b/pets.yaml", repo.path("spec/inside.yaml")).unwrap();
    symlink("a/b", repo.path("spec/folder")).unwrap();
    symlink("/etc/passwd", repo.path("spec/absolute.yaml")).unwrap();
    symlink("../../../../../../../../../etc/passwd", repo.path("spec/up.yaml")).unwrap();
    symlink("../src/main.rs", repo.path("spec/not-taken.yaml")).unwrap();
    symlink("circle.yaml", repo.path("spec/circle.yaml")).unwrap();
    // Inside by its letters, and outside by where it leads.
    symlink("../../top.yaml", repo.path("spec/a/b/link.yaml")).unwrap();
    symlink("../..", repo.path("spec/a/b/home")).unwrap();
    symlink("a/b/home/../../../../../../../../../../../etc", repo.path("spec/etc")).unwrap();
    repo.commit();
    let files = repo.files("HEAD", &[]);
    let home = files.spec.parent().unwrap();
    let read = |path: &str| fs::read_to_string(home.join(path)).ok();
    assert_eq!(read("inside.yaml").as_deref(), Some("pets"));
    assert_eq!(read("folder/pets.yaml").as_deref(), Some("pets"));
    assert_eq!(read("a/b/link.yaml").as_deref(), Some("top"));
    for path in ["absolute.yaml", "up.yaml", "not-taken.yaml", "circle.yaml", "etc"] {
        assert!(home.join(path).symlink_metadata().is_err(), "{path}");
    }
}

#[test]
fn another_repository_inside_is_left_out() {
    let repo = repository();
    let hash = repo.git(&["rev-parse", "HEAD"]);
    repo.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{hash},spec/module")]);
    repo.git(&["commit", "--quiet", "--message", "Change"]);
    let files = repo.files("HEAD", &[]);
    assert!(!files.root.join("spec/module").exists());
    assert!(files.spec.exists());
}

#[test]
fn what_no_spec_has_stays_where_it_is() {
    let repo = repository();
    let file = fs::File::create(repo.path("spec/large.bin")).unwrap();
    file.set_len((64 << 20) + 1).unwrap();
    repo.commit();
    let files = repo.files("HEAD", &[]);
    assert!(!files.root.join("spec/large.bin").exists());
    let large = repo.at("HEAD").files(&repo.path("spec/large.bin"), None, &[]);
    fails(large, &["HEAD:spec/large.bin is larger than 64 MiB"]);
}

#[test]
fn a_tree_with_hostile_names_is_not_followed() {
    let repo = repository();
    let hash = repo.git(&["rev-parse", "HEAD:spec/openapi.yaml"]);
    let raw: Vec<u8> =
        (0..hash.len()).step_by(2).map(|at| u8::from_str_radix(&hash[at..at + 2], 16).unwrap()).collect();
    let mut tree = Vec::new();
    for name in ["..", "../climb.yaml", "openapi.yaml"] {
        tree.extend_from_slice(format!("100644 {name}\0").as_bytes());
        tree.extend_from_slice(&raw);
    }
    fs::write(repo.path("tree"), tree).unwrap();
    let inner = repo.git(&["hash-object", "-t", "tree", "-w", "--literally", "tree"]);
    let mut outer = b"40000 spec\0".to_vec();
    outer.extend((0..inner.len()).step_by(2).map(|at| u8::from_str_radix(&inner[at..at + 2], 16).unwrap()));
    fs::write(repo.path("tree"), outer).unwrap();
    let outer = repo.git(&["hash-object", "-t", "tree", "-w", "--literally", "tree"]);
    let commit = repo.git(&["commit-tree", &outer, "-m", "Hostile"]);
    let files = repo.files(&commit, &[]);
    assert!(files.spec.exists());
    assert!(!files.root.join("climb.yaml").exists());
}
