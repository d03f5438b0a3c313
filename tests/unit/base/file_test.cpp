#include "store/base/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "folder.hpp"
#include "store/base/fail_point.hpp"

namespace mailhold {

TEST_CASE("a file is opened in the mode asked for") {
    const test::Folder folder;
    const auto path = folder.path / "file";
    CHECK(File::open(path, OpenMode::read).error().code == Errc::not_found);
    {
        auto file = File::open(path, OpenMode::create_new, 0640).value();
        REQUIRE(file.write("one "));
        REQUIRE(file.sync());
    }
    CHECK(File::open(path, OpenMode::create_new).error().code == Errc::exists);
    auto file = File::open(path, OpenMode::append).value();
    REQUIRE(file.write("two"));
    CHECK(file.size().value() == 7);
    CHECK(file.read_at(2, 3).value() == "e t");
    CHECK(file.read_at(7, 0).value().empty());
    CHECK(file.read_at(5, 3).error().code == Errc::corrupt);
    CHECK(file.read_some_at(5, 99).value() == "wo");
    CHECK(file.read_some_at(99, 1).value().empty());
    REQUIRE(file.truncate(4));
    REQUIRE(file.write("three"));  // at the new end
    CHECK(read_file(path).value() == "one three");
    auto reading = File::open(path, OpenMode::read).value();
    CHECK(reading.write("no").error().code == Errc::io);
    CHECK((::fcntl(reading.fd(), F_GETFD) & FD_CLOEXEC) != 0);
}

TEST_CASE("a moved file has one owner, and its descriptor is closed once") {
    const test::Folder folder;
    auto first = File::open(folder.path / "a", OpenMode::append).value();
    const int fd = first.fd();
    {
        File second = std::move(first);
        CHECK(first.fd() == -1);
        CHECK(second.fd() == fd);
        first = std::move(second);
        CHECK(first.fd() == fd);
    }
    CHECK(::fcntl(fd, F_GETFD) != -1);
    first = File();
    CHECK(::fcntl(fd, F_GETFD) == -1);
}

TEST_CASE("a temporary file has no name") {
    const test::Folder folder;
    auto file = File::temporary(folder.path).value();
    CHECK(std::filesystem::is_empty(folder.path));
    REQUIRE(file.write("octets"));
    CHECK(file.read_at(0, 6).value() == "octets");
    CHECK(File::temporary(folder.path / "missing").error().code == Errc::not_found);
}

TEST_CASE("a durable write leaves the old octets or all of the new ones") {
    const test::Folder folder;
    const auto path = folder.path / "key";
    REQUIRE(write_durably(path, "old"));
    struct stat info{};
    REQUIRE(::stat(path.c_str(), &info) == 0);
    CHECK((info.st_mode & 0777) == 0600);
    for (const char* point :
         {"file.write:1:no_space", "file.sync:1:error", "file.rename:1:error"}) {
        INFO(point);
        REQUIRE(fail_point::arm(point));
        CHECK_FALSE(write_durably(path, "new and longer"));
        REQUIRE(fail_point::arm(""));
        CHECK(read_file(path).value() == "old");
    }
    REQUIRE(write_durably(path, "new"));
    CHECK(read_file(path).value() == "new");
    CHECK(std::distance(std::filesystem::directory_iterator(folder.path), {}) == 1);
    CHECK(write_durably(folder.path / "missing" / "key", "x").error().code == Errc::not_found);
}

TEST_CASE("a durable write takes a path without a folder") {
    const test::Folder folder;
    const auto before = std::filesystem::current_path();
    std::filesystem::current_path(folder.path);
    const auto written = write_durably("plain", "octets");
    const auto made = make_folder("a/b");
    std::filesystem::current_path(before);
    CHECK(written);
    CHECK(made);
    CHECK(read_file(folder.path / "plain").value() == "octets");
    CHECK(std::filesystem::is_directory(folder.path / "a" / "b"));
}

TEST_CASE("folders are made with their parents, and a file in the way is an error") {
    const test::Folder folder;
    const auto deep = folder.path / "a" / "b" / "c";
    REQUIRE(make_folder(deep));
    REQUIRE(make_folder(deep));
    REQUIRE(make_folder(folder.path / "d" / ""));
    struct stat info{};
    REQUIRE(::stat(deep.c_str(), &info) == 0);
    CHECK((info.st_mode & 0777) == 0700);
    REQUIRE(write_durably(folder.path / "file", "x"));
    CHECK(make_folder(folder.path / "file").error().code == Errc::exists);
    CHECK_FALSE(make_folder(folder.path / "file" / "below"));
}

TEST_CASE("a lock is held once, names its holder, and ends with its owner") {
    const test::Folder folder;
    const auto path = folder.path / "lock";
    {
        const auto lock = FolderLock::acquire(folder.path);
        REQUIRE(lock);
        const auto second = FolderLock::acquire(folder.path);
        REQUIRE_FALSE(second);
        CHECK(second.error().code == Errc::locked);
        CHECK(second.error().text.find("process " + std::to_string(::getpid())) !=
              std::string::npos);
        CHECK(read_file(path).value() == std::to_string(::getpid()) + "\n");
        std::filesystem::remove(path);
        CHECK(FolderLock::acquire(folder.path).error().code == Errc::locked);
        CHECK_FALSE(std::filesystem::exists(path));
    }
    CHECK(FolderLock::acquire(folder.path));
}

}  // namespace mailhold
