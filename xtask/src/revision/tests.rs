//! Tests of revisions and exports in temporary repositories.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use tempfile::TempDir;

use super::*;
use crate::error::Result;

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
        Revision::find(revision, &self.path("spec/openapi.yaml")).unwrap()
    }

    fn check_out(&self, revision: &str, allowed: &[PathBuf]) -> Checkout {
        Checkout::new(&self.at(revision), &self.path("spec/openapi.yaml"), None, allowed).unwrap()
    }
}

/// Creates a repository whose spec has two versions. The first is tagged `v0.1.0`.
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
fn fails<T: std::fmt::Debug>(result: Result<T>, expected: &[&str]) {
    let message = result.unwrap_err().to_string();
    for words in expected {
        assert!(message.contains(words), "no {words:?} in: {message}");
    }
}

#[test]
fn checks_out_files_of_a_revision_and_removes_them_on_drop() {
    let repo = repository();
    let status = repo.git(&["status", "--porcelain"]);
    let index = fs::read(repo.path(".git/index")).unwrap();
    let hash = repo.git(&["rev-parse", "main~1"]);
    for name in ["v0.1.0", "HEAD~1", "main^", "refs/heads/main~1", &hash, &hash[..10]] {
        let old = repo.check_out(name, &[repo.path("shared/deep")]);
        assert_eq!(fs::read_to_string(&old.spec).unwrap(), "one", "{name}");
        assert_eq!(fs::read_to_string(old.spec.parent().unwrap().join("parts/pets.yaml")).unwrap(), "pets");
        let shared = old.spec.parent().unwrap().join("../shared/deep/common.yaml");
        assert_eq!(fs::read_to_string(shared).unwrap(), "common", "relative paths stay valid");
        assert_eq!(fs::read_to_string(old.allowed[0].join("common.yaml")).unwrap(), "common");
        assert_eq!(old.config, None, "the revision has no configuration");
        assert!(!old.root.join("src").exists(), "src is not part of the spec");
        assert_eq!(old.display(&old.spec), format!("{name}:spec/openapi.yaml"));
        assert_eq!(
            old.rename_paths(&format!("see {}", old.spec.display())),
            format!("see {name}:spec/openapi.yaml")
        );
    }
    let new = repo.check_out("HEAD", &[]);
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
fn checks_out_files_that_the_work_tree_lacks() {
    let repo = repository();
    fs::remove_dir_all(repo.path("spec")).unwrap();
    assert_eq!(fs::read_to_string(repo.check_out("HEAD", &[]).spec).unwrap(), "two");
}

#[test]
fn checks_out_a_spec_in_the_root_and_a_configuration_outside() {
    let repo = Repo::new();
    repo.write("openapi.yaml", "one");
    repo.write("a*[b]: c/sdk.yaml", "config");
    repo.write("a*[b]: c/more.yaml", "more");
    repo.commit();
    let (spec, config) = (repo.path("openapi.yaml"), repo.path("a*[b]: c/sdk.yaml"));
    let files = Checkout::new(&repo.at("HEAD"), &spec, Some(&config), &[]).unwrap();
    assert_eq!(files.display(files.config.as_ref().unwrap()), "HEAD:a*[b]: c/sdk.yaml");
    assert!(files.root.join("a*[b]: c/more.yaml").exists(), "the spec's folder is the root");

    let repo = repository();
    repo.write("a*[b]: c/sdk.yaml", "config");
    repo.write("a*[b]: c/more.yaml", "more");
    repo.commit();
    let (spec, config) = (repo.path("spec/openapi.yaml"), repo.path("a*[b]: c/sdk.yaml"));
    let files = Checkout::new(&repo.at("HEAD"), &spec, Some(&config), &[]).unwrap();
    assert_eq!(fs::read_to_string(files.config.as_ref().unwrap()).unwrap(), "config");
    assert!(!files.root.join("a*[b]: c/more.yaml").exists(), "only the file is exported");
    // A configuration outside of the repository is not exported.
    let outside_folder = tempfile::NamedTempFile::new().unwrap();
    let files = Checkout::new(&repo.at("HEAD"), &spec, Some(outside_folder.path()), &[]).unwrap();
    assert_eq!(files.config.as_deref(), Some(outside_folder.path()));
}

#[test]
fn reports_missing_files() {
    let repo = repository();
    let spec = repo.path("spec/openapi.yaml");
    let old = repo.at("v0.1.0");
    fails(Checkout::new(&old, &repo.path("spec/other.yaml"), None, &[]), &["v0.1.0 has no file spec/other.yaml"]);
    fails(
        Checkout::new(&old, &spec, Some(&repo.path("spec/sdk.yaml")), &[]),
        &["v0.1.0 has no file spec/sdk.yaml"],
    );
    // An allowed folder that the revision lacks is empty.
    repo.write("new/pets.yaml", "pets");
    let files = repo.check_out("v0.1.0", &[repo.path("new")]);
    assert_eq!(fs::read_dir(&files.allowed[0]).unwrap().count(), 0);

    let outside_folder = tempfile::tempdir().unwrap();
    let outside = outside_folder.path().join("spec.yaml");
    fails(Checkout::new(&old, &outside, None, &[]), &["not in the repository", "v0.1.0"]);
    fails(Checkout::new(&old, &spec, None, &[outside_folder.path().to_owned()]), &["not in the repository"]);
    fails(Revision::find("HEAD", &outside), &["not in the work tree of a git repository"]);
    let empty = Repo::new();
    fails(Revision::find("HEAD", &empty.path("spec.yaml")), &["no revision \"HEAD\""]);
}

#[test]
fn rejects_revision_names_that_git_would_parse_as_options() {
    let repo = repository();
    let spec = repo.path("spec/openapi.yaml");
    for name in ["", "-", "--", "--output=x", "--help", "-C/", "HEAD\nHEAD", "\0"] {
        fails(Revision::find(name, &spec), &["is not a valid revision name"]);
    }
    for name in ["v9", "HEAD~9", "HEAD:spec", "^HEAD", "HEAD..v0.1.0", "main branch", "*", "HEAD^{tree}", "$(id)"]
    {
        fails(Revision::find(name, &spec), &["no revision", name]);
    }
    assert!(!repo.path("x").exists());
}

#[test]
fn files_take_precedence_over_revisions() {
    let repo = repository();
    let spec = repo.path("spec/openapi.yaml");
    let file = |text: &str| match SpecSource::parse(text, &spec).unwrap() {
        SpecSource::File(path) => Some(path),
        SpecSource::Revision(_) => None,
    };
    let name = spec.to_str().unwrap();
    assert_eq!(file(name), Some(spec.clone()));
    assert_eq!(file("HEAD"), None);
    assert_eq!(file("v0.1.0"), None);
    // Tests run in the folder of this package, which has this file and this folder.
    repo.git(&["branch", "Cargo.toml"]);
    repo.git(&["branch", "src"]);
    assert_eq!(file("Cargo.toml"), Some("Cargo.toml".into()));
    assert_eq!(file("refs/heads/Cargo.toml"), None);
    assert_eq!(file("src"), None);
    fails(
        SpecSource::parse("tests", &spec),
        &["is a folder", "name the OpenAPI document in the folder", "no revision"],
    );
    fails(SpecSource::parse("v9.yaml", &spec), &["no file \"v9.yaml\"", "no revision \"v9.yaml\""]);
    fails(SpecSource::parse("", &spec), &["is not a valid revision name"]);
}

#[cfg(unix)]
#[test]
fn removes_links_that_lead_outside() {
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
    // Inside by its text, outside once resolved.
    symlink("../../top.yaml", repo.path("spec/a/b/link.yaml")).unwrap();
    symlink("../..", repo.path("spec/a/b/home")).unwrap();
    symlink("a/b/home/../../../../../../../../../../../etc", repo.path("spec/etc")).unwrap();
    repo.commit();
    let files = repo.check_out("HEAD", &[]);
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
fn leaves_out_submodules() {
    let repo = repository();
    let hash = repo.git(&["rev-parse", "HEAD"]);
    repo.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{hash},spec/module")]);
    repo.git(&["commit", "--quiet", "--message", "Change"]);
    let files = repo.check_out("HEAD", &[]);
    assert!(!files.root.join("spec/module").exists());
    assert!(files.spec.exists());
}

#[test]
fn leaves_out_large_files_and_rejects_a_large_spec() {
    let repo = repository();
    let file = fs::File::create(repo.path("spec/large.bin")).unwrap();
    file.set_len((64 << 20) + 1).unwrap();
    repo.commit();
    let files = repo.check_out("HEAD", &[]);
    assert!(!files.root.join("spec/large.bin").exists());
    let large = Checkout::new(&repo.at("HEAD"), &repo.path("spec/large.bin"), None, &[]);
    fails(large, &["HEAD:spec/large.bin is larger than 64 MiB"]);
}

#[test]
fn ignores_tree_entries_with_unsafe_names() {
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
    let files = repo.check_out(&commit, &[]);
    assert!(files.spec.exists());
    assert!(!files.root.join("climb.yaml").exists());
}
