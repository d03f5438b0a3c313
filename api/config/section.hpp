// One table of the TOML file while it is read: each key is asked for once with its target, and what
// nobody asked for is a mistake. So the reading code is the list of known keys. Private to
// parse.cpp and section.cpp.
#pragma once

#include <fmt/format.h>
#include <toml++/toml.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/config/endpoint.hpp"
#include "api/config/parse.hpp"

namespace mailhold::config {

// What all sections of one file share.
struct Reading {
    std::filesystem::path folder;
    std::vector<Mistake> mistakes;
    void mistake(std::size_t line, std::string text) {
        mistakes.push_back({line, std::move(text)});
    }
};

class Section {
  public:
    Section(Reading& reading, const toml::table& table, std::string title, std::size_t line)
        : reading_(reading), table_(table), title_(std::move(title)), line_(line) {}
    ~Section();  // reports the keys that were not asked for
    Section(const Section&) = delete;
    Section& operator=(const Section&) = delete;

    // Each leaves `target` alone where the key is absent or wrong, and returns whether it set it.
    bool read(std::string_view key, std::string& target);
    bool read(std::string_view key, bool& target);
    bool read(std::string_view key, std::filesystem::path& target);
    bool read(std::string_view key, std::vector<std::string>& target);
    bool read(std::string_view key, std::vector<Endpoint>& target);
    bool read(std::string_view key, std::optional<Endpoint>& target);  // "" is none
    bool read(std::string_view key, std::size_t& target, std::int64_t least, std::int64_t most);
    template <class Unit>
    bool read(std::string_view key, Unit& target, std::int64_t least, std::int64_t most) {
        auto count = static_cast<std::size_t>(target.count());
        bool set = read(key, count, least, most);
        target = Unit(static_cast<Unit::rep>(count));
        return set;
    }
    // As read(), and an absent key is a mistake.
    template <class Target>
    bool require(std::string_view key, Target& target) {
        if (!has(key)) mistake("", fmt::format("{} is missing", key));
        return read(key, target);
    }
    // The subtable of this key, or each table of an array of tables.
    void table(std::string_view key, const std::function<void(Section&)>& body);
    void tables(std::string_view key, const std::function<void(Section&)>& body);

    bool has(std::string_view key) const { return table_.contains(key); }
    std::size_t line() const { return line_; }
    std::size_t line_of(
        std::string_view key) const;  // of its value; the section's where it is absent
    // "[imap] listen: text" at the key's line; an empty key means the section itself.
    void mistake(std::string_view key, std::string_view text);

  private:
    const toml::node* find(std::string_view key);
    std::string path(std::string_view key) const;
    Reading& reading_;
    const toml::table& table_;
    std::string title_;  // "[imap]"; empty for the top
    std::size_t line_;
    std::vector<std::string> known_;
};

}  // namespace mailhold::config
