// What is wrong with a configuration, as text and in tables, and parts that tests make theirs of.
#pragma once

#include <catch2/catch.hpp>

#include <span>
#include <string>

#include "api/config/parse.hpp"

namespace mailhold::config {

inline const std::string hash = "$argon2id$v=19$m=65536,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA";
inline const std::string pin = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
inline const std::string account = R"([[account]]
name = "alice"
url = "imaps://alice@mail.example.org"
password_env = "ALICE"
)";

// The mistakes as "line: text", joined by line ends; "" for a good configuration.
inline std::string mistakes_in(const std::string& toml) {
    auto parsed = parse(toml, "/etc/mailhold");
    if (parsed) return {};
    std::string text;
    for (const auto& mistake : parsed.error()) {
        if (!text.empty()) text += '\n';
        text += std::to_string(mistake.line) + ": " + mistake.text;
    }
    return text;
}

struct Row {
    std::string toml, mistake;  // how the first mistake begins; "" for none
};
inline void check_mistakes(std::span<const Row> table, const std::string& begin = "") {
    for (const auto& row : table) {
        INFO(row.toml);
        const auto found = mistakes_in(begin + row.toml);
        if (row.mistake.empty())
            CHECK(found.empty());
        else
            CHECK_THAT(found, Catch::StartsWith(row.mistake));
    }
}

}  // namespace mailhold::config
