// Which configuration is used.
#include "api/cli/place.hpp"

#include <unistd.h>

#include <catch2/catch.hpp>

#include <cstdlib>
#include <fstream>

namespace mailhold::cli {
namespace {

struct Folder {
    std::filesystem::path path =
        std::filesystem::temp_directory_path() / ("mailhold_place_" + std::to_string(::getpid()));
    Folder() { std::filesystem::create_directories(path); }
    ~Folder() {
        ::unsetenv("MAILHOLD_CONFIG");
        std::filesystem::remove_all(path);
    }
};

}  // namespace

TEST_CASE("an option comes before the environment") {
    Folder folder;
    ::setenv("MAILHOLD_CONFIG", "/from/environment.toml", 1);
    CHECK(config_file({"/from/option.toml", ""}) == "/from/option.toml");
    CHECK(config_file({}) == "/from/environment.toml");
}

TEST_CASE("the data folder is the option's, else the configuration's") {
    Folder folder;
    auto file = folder.path / "mailhold.toml";
    std::ofstream(file) << "data = \"archive\"\n";
    CHECK(data_folder({"", "/some/where/../here"}) == "/some/here");
    CHECK(data_folder({file, ""}) == folder.path / "archive");
}

TEST_CASE("mistakes in a configuration are told as such, one a line") {
    Folder folder;
    auto file = folder.path / "mailhold.toml";
    std::ofstream(file) << "dat = \"archive\"\n";
    auto config = load_config({file, ""});
    REQUIRE_FALSE(config);
    CHECK(config.error().code == Errc::invalid);
    CHECK(config.error().text.contains("\n" + file.string() +
                                       ":1: unknown key \"dat\"; did you mean \"data\"?"));
    CHECK(load_config({folder.path / "absent.toml", ""}).error().code == Errc::invalid);
}

TEST_CASE("what listens everywhere is reached over loopback") {
    CHECK(reachable_host("0.0.0.0") == "127.0.0.1");
    CHECK(reachable_host("*") == "127.0.0.1");
    CHECK(reachable_host("::") == "::1");
    CHECK(reachable_host("192.0.2.1") == "192.0.2.1");
}

}  // namespace mailhold::cli
