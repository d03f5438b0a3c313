// Passwords from the three sources, against real files and processes.
#include "api/config/secret.hpp"

#include <unistd.h>

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "api/config/run_command.hpp"

namespace mailhold::config {
namespace {

Result<std::string> by_command(const std::string& command) {
    return read_password({PasswordFrom::command, command}, std::chrono::seconds(20));
}

}  // namespace

TEST_CASE("a password file gives its text without the final line end") {
    struct Row {
        std::string content, password;
    };
    auto row = GENERATE(values<Row>({{"secret\n", "secret"},
                                     {"secret\r\n", "secret"},
                                     {"secret", "secret"},
                                     {" two words \n", " two words "},
                                     {"line\n\n", "line\n"}}));
    auto file =
        std::filesystem::temp_directory_path() / ("mailhold_secret_" + std::to_string(::getpid()));
    std::ofstream(file, std::ios::binary) << row.content;
    auto password = read_password({PasswordFrom::file, file});
    std::filesystem::remove(file);
    REQUIRE(password);
    CHECK(*password == row.password);
    CHECK(read_password({PasswordFrom::file, file}).error().code == Errc::not_found);
}

TEST_CASE("a password variable must be set, and not empty") {
    ::setenv("MAILHOLD_TEST_PASSWORD", "from outside", 1);
    CHECK(read_password({PasswordFrom::environment, "MAILHOLD_TEST_PASSWORD"}) == "from outside");
    ::setenv("MAILHOLD_TEST_PASSWORD", "", 1);
    CHECK(read_password({PasswordFrom::environment, "MAILHOLD_TEST_PASSWORD"}).error().code ==
          Errc::invalid);
    ::unsetenv("MAILHOLD_TEST_PASSWORD");
    CHECK(read_password({PasswordFrom::environment, "MAILHOLD_TEST_PASSWORD"}).error().code ==
          Errc::not_found);
}

TEST_CASE("a password command gives its first line") {
    CHECK(by_command("printf 'first\\nsecond\\n'") == "first");
    CHECK(by_command("cat; echo end of input") == "end of input");
    CHECK(by_command("exit 3").error().text.contains("status 3"));
    CHECK(by_command("kill -9 $$").error().text.contains("status 137"));
    CHECK(by_command("true").error().code == Errc::invalid);
    CHECK(by_command("yes").error().code == Errc::limit);
}

TEST_CASE("a command that does not end is killed, and so is what it started") {
    using std::chrono::milliseconds;
    CHECK(run_command("sleep 60 & sleep 60", milliseconds(100)).error().code == Errc::timeout);
    CHECK(run_command("exec >&-; sleep 60", milliseconds(100)).error().code == Errc::timeout);
}

}  // namespace mailhold::config
