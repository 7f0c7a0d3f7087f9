use std::collections::BTreeSet;
use std::io;
use std::path::Path;

use piton_durable::{DiskRead, Kind, Reserve};
use piton_testkit::SimDisk;

const RESERVE: &str = "/state/deep/reserve";
const ROOM: usize = 10_001;

fn lay(disk: &SimDisk) -> Reserve {
    Reserve::lay(disk, Path::new(RESERVE), ROOM).unwrap()
}

fn there(disk: &SimDisk) -> Option<Vec<u8>> {
    disk.read(Path::new(RESERVE)).ok()
}

#[test]
fn a_reserve_takes_up_its_room_until_it_is_given_up() {
    let disk = SimDisk::new();
    let reserve = lay(&disk);
    let bytes = there(&disk).unwrap();
    assert_eq!(bytes.len(), ROOM);
    // A file system that presses files together must not get it for nothing.
    let blocks: BTreeSet<&[u8]> = bytes.chunks(8).collect();
    assert_eq!(blocks.len(), bytes.chunks(8).count());
    reserve.release(&disk);
    assert_eq!(there(&disk), None);
    Reserve::give_up(&disk, Path::new(RESERVE));
}

#[test]
fn a_reserve_that_is_there_costs_nothing_and_what_is_none_makes_way() {
    let disk = SimDisk::new();
    let _held = lay(&disk);
    let before = disk.ops();
    let _again = lay(&disk);
    assert_eq!(disk.ops(), before);
    for spoil in [
        |disk: &SimDisk| disk.put(RESERVE, vec![0; ROOM - 1]),
        |disk: &SimDisk| disk.put_symlink(RESERVE, "/state/other"),
    ] {
        let disk = SimDisk::new();
        disk.put("/state/other", vec![0; ROOM]);
        spoil(&disk);
        let _held = lay(&disk);
        let stat = disk.stat(Path::new(RESERVE)).unwrap().unwrap();
        assert_eq!((stat.kind, stat.len), (Kind::File, ROOM as u64));
    }
}

#[test]
fn where_there_is_no_room_for_a_reserve_nothing_of_it_is_left() {
    let start = SimDisk::new();
    start.put_dir("/state/deep");
    // Some file systems find out when they write, some when they sync.
    for at in [1, 2] {
        let disk = start.fork();
        disk.fail_at(at, io::ErrorKind::StorageFull);
        Reserve::lay(&disk, Path::new(RESERVE), ROOM).unwrap_err();
        assert_eq!(there(&disk), None, "write {at}");
    }
}
