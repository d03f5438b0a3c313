// Exit codes of the command line as a whole; what commands do with an archive is tested end to end.
#include "api/cli/command_line.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace mailhold::cli {
namespace {

int run_words(std::vector<std::string> words) {
    std::vector<const char*> arguments = {"mailhold"};
    for (const auto& word : words) arguments.push_back(word.c_str());
    return run(static_cast<int>(arguments.size()), arguments.data());
}

}  // namespace

TEST_CASE("help, version and the default configuration end with 0") {
    CHECK(run_words({"--help"}) == 0);
    CHECK(run_words({"--version"}) == 0);
    CHECK(run_words({"config"}) == 0);
    for (auto command : {"serve", "sync", "status", "search", "show", "verify", "rebuild", "export",
                         "login", "passwd", "config", "healthcheck"})
        CHECK(run_words({command, "--help"}) == 0);
}

TEST_CASE("wrong usage and wrong configuration end with 2") {
    auto words = GENERATE(values<std::vector<std::string>>({
        {},
        {"serv"},
        {"status", "--jsno"},
        {"search", "--data", "/nowhere"},
        {"search", "--limit", "many", "x"},
        {"export", "--data", "/nowhere", "--format", "pst", "--output", "/tmp/x"},
        {"serve", "imaps://alice@mail.example.org"},
        {"serve", "--data", "/nowhere"},
        {"serve", "imaps://alice@mail.example.org", "--data", "/nowhere", "--config", "x.toml"},
        {"serve", "imaps://alice:secret@mail.example.org", "--data", "/nowhere"},
        {"status", "--config", "/nowhere/mailhold.toml"},
    }));
    CHECK(run_words(words) == 2);
}

TEST_CASE("a negated key of a query is no option") {
    CHECK(run_words({"search", "--data", "/nowhere", "-is:seen"}) == 1);
    CHECK(run_words({"search", "--data", "/nowhere", "invoice", "-has:attachment"}) == 1);
    CHECK(run_words({"export", "--data", "/nowhere", "--format", "eml", "--output", "/nowhere/x",
                     "-from:bob"}) == 1);
    CHECK(run_words({"search", "--data", "/nowhere", "-h"}) == 0);
    CHECK(run_words({"show", "--data", "/nowhere", "-is:seen"}) == 2);
}

TEST_CASE("an archive that is not there ends with 1") {
    for (std::vector<std::string> words : {std::vector<std::string>{"status", "--data", "/nowhere"},
                                           {"search", "--data", "/nowhere", "word"},
                                           {"show", "--data", "/nowhere", "1"},
                                           {"verify", "--data", "/nowhere"}})
        CHECK(run_words(words) == 1);
}

}  // namespace mailhold::cli
