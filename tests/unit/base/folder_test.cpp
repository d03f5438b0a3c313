#include "store/base/folder.hpp"

#include <sys/stat.h>

#include <catch2/catch.hpp>

#include <fstream>

#include "folder.hpp"

namespace mailhold {

namespace fs = std::filesystem;

TEST_CASE("a folder is listed, and its files are read, renamed and removed by their names") {
    const test::Folder temporary;
    CHECK(Folder::open(temporary.path / "none").error().code == Errc::not_found);
    std::ofstream(temporary.path / "b") << std::string(10'000, 'x');
    std::ofstream(temporary.path / "a");
    auto folder = Folder::open(temporary.path).value();
    CHECK(folder.names().value() == std::vector<std::string>{"a", "b"});
    CHECK(folder.read("a", 0).value().empty());
    CHECK(folder.read("b", 10'000).value() == std::string(10'000, 'x'));
    CHECK(folder.read("b", 9'999).error().code == Errc::corrupt);
    CHECK(folder.read("c", 1).error().code == Errc::not_found);
    REQUIRE(folder.rename_durably("b", "c"));
    REQUIRE(folder.remove("a"));
    CHECK(folder.remove("a").error().code == Errc::not_found);
    CHECK(folder.names().value() == std::vector<std::string>{"c"});
    // It is the folder that was opened, wherever it goes.
    fs::rename(temporary.path / "c", temporary.path / "d");
    const auto moved = temporary.path / "moved";
    fs::create_directory(moved);
    folder = Folder::open(moved).value();
    fs::rename(moved, temporary.path / "again");
    std::ofstream(temporary.path / "again" / "e");
    CHECK(folder.names().value() == std::vector<std::string>{"e"});
}

TEST_CASE("no link is followed out of a folder or in its place, and nothing but files is read") {
    const test::Folder temporary, other;
    std::ofstream(other.path / "secret") << "secret";
    fs::create_directory_symlink(other.path, temporary.path / "link");
    CHECK(Folder::open(temporary.path / "link").error().code == Errc::denied);
    CHECK(Folder::open(other.path / "secret").error().code == Errc::denied);
    fs::create_symlink(other.path / "secret", temporary.path / "file");
    fs::create_directory(temporary.path / "folder");
    REQUIRE(::mkfifo((temporary.path / "pipe").c_str(), 0600) == 0);
    const auto folder = Folder::open(temporary.path).value();
    for (const auto* name : {"file", "folder", "pipe"}) {
        CAPTURE(name);
        CHECK(folder.read(name, 100).error().code == Errc::corrupt);
    }
}

}  // namespace mailhold
