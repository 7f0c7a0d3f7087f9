use std::path::Path;

use piton_durable::{Disk, DiskRead, Image};
use piton_testkit::SimDisk;

#[test]
fn a_directory_that_is_written_from_its_image_is_the_same_one() {
    let disk = SimDisk::new();
    disk.put_mode("/from/run", "#!/bin/sh\n", 0o755);
    disk.put("/from/deep/er/file", [0, 0xff, b'\n']);
    disk.put_dir("/from/empty");
    let read = |at: &str| Image::read(&disk, Path::new(at)).unwrap();
    let image = read("/from").unwrap();
    assert_eq!(read("/missing"), None);
    disk.create_dir(Path::new("/to")).unwrap();
    image.write(&disk, Path::new("/to")).unwrap();
    assert_eq!(read("/to"), Some(image));
    assert_eq!(disk.snapshot("/to"), disk.snapshot("/from"));
}

#[test]
fn an_image_gives_no_file_the_rights_of_another_user_and_shuts_nobody_out_of_a_directory() {
    let line = |path: &str, mode: u32, bytes: &str| {
        format!("{{\"path\":\"{path}\",\"mode\":{mode},\"bytes\":{bytes}}}")
    };
    let head = [line("dir", 0o000, "null"), line("dir/run", 0o4755, "1")].join(",");
    let image = Image::decode(format!("[{head}]\nx").as_bytes()).unwrap();
    let disk = SimDisk::new();
    disk.put_dir("/to");
    image.write(&disk, Path::new("/to")).unwrap();
    let mode = |at: &str| disk.stat(Path::new(at)).unwrap().unwrap().mode;
    assert_eq!(mode("/to/dir"), 0o700);
    assert_eq!(mode("/to/dir/run"), 0o755);
}
