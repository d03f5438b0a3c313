// Typed reading of one TOML table; every wrong type or value becomes a mistake with its line.
#include "api/config/section.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "api/config/nearest.hpp"

namespace mailhold::config {
namespace {

std::string_view kind_of(const toml::node& node) {
    switch (node.type()) {
        case toml::node_type::string:
            return "a string";
        case toml::node_type::integer:
            return "a whole number";
        case toml::node_type::floating_point:
            return "a number with a fraction";
        case toml::node_type::boolean:
            return "true or false";
        case toml::node_type::array:
            return node.is_array_of_tables() ? "[[tables]]" : "a list";
        case toml::node_type::table:
            return "a table";
        case toml::node_type::date:
        case toml::node_type::time:
        case toml::node_type::date_time:
            return "a date or time";
        case toml::node_type::none:
            return "nothing";
    }
    return "nothing";
}

std::string expected(std::string_view wanted, const toml::node& node) {
    return fmt::format("must be {}, not {}", wanted, kind_of(node));
}

}  // namespace

Section::~Section() {
    for (const auto& [key, node] : table_) {
        std::string_view name(key.str());
        if (std::ranges::find(known_, name) != known_.end()) continue;
        reading_.mistake(key.source().begin.line, fmt::format("unknown key \"{}\"{}{}", name,
                                                              title_.empty() ? "" : " in " + title_,
                                                              suggestion(name, known_)));
    }
}

const toml::node* Section::find(std::string_view key) {
    known_.emplace_back(key);
    return table_.get(key);
}

std::string Section::path(std::string_view key) const {
    if (title_.empty()) return std::string(key.empty() ? "the file" : key);
    return key.empty() ? title_ : fmt::format("{} {}", title_, key);
}

std::size_t Section::line_of(std::string_view key) const {
    const auto* node = table_.get(key);
    return node == nullptr ? line_ : node->source().begin.line;
}

void Section::mistake(std::string_view key, std::string_view text) {
    reading_.mistake(line_of(key), fmt::format("{}: {}", path(key), text));
}

bool Section::read(std::string_view key, std::string& target) {
    const auto* node = find(key);
    if (node == nullptr) return false;
    auto value = node->value_exact<std::string>();
    if (!value) return mistake(key, expected("a string", *node)), false;
    target = *value;
    return true;
}

bool Section::read(std::string_view key, bool& target) {
    const auto* node = find(key);
    if (node == nullptr) return false;
    auto value = node->value_exact<bool>();
    if (!value) return mistake(key, expected("true or false", *node)), false;
    target = *value;
    return true;
}

bool Section::read(std::string_view key, std::filesystem::path& target) {
    std::string text;
    if (!read(key, text)) return false;
    if (text.contains('\0')) return mistake(key, "holds a NUL character"), false;
    if (!text.empty()) target = (reading_.folder / text).lexically_normal();
    return true;
}

bool Section::read(std::string_view key, std::vector<std::string>& target) {
    const auto* node = find(key);
    if (node == nullptr) return false;
    const auto* array = node->as_array();
    if (array == nullptr) return mistake(key, expected("a list of strings", *node)), false;
    std::vector<std::string> values;
    for (const auto& element : *array) {
        auto value = element.value_exact<std::string>();
        if (!value)
            return mistake(key, expected("a list of strings: every value in it", element)), false;
        values.push_back(std::move(*value));
    }
    target = std::move(values);
    return true;
}

bool Section::read(std::string_view key, std::vector<Endpoint>& target) {
    std::vector<std::string> texts;
    if (!read(key, texts)) return false;
    std::vector<Endpoint> endpoints;
    for (const auto& text : texts) {
        auto endpoint = parse_endpoint(text);
        if (!endpoint) return mistake(key, endpoint.error().text), false;
        endpoints.push_back(std::move(*endpoint));
    }
    target = std::move(endpoints);
    return true;
}

bool Section::read(std::string_view key, std::optional<Endpoint>& target) {
    std::string text;
    if (!read(key, text)) return false;
    if (text.empty()) return target.reset(), true;
    auto endpoint = parse_endpoint(text);
    if (!endpoint) return mistake(key, endpoint.error().text), false;
    target = std::move(*endpoint);
    return true;
}

bool Section::read(std::string_view key, std::size_t& target, std::int64_t least,
                   std::int64_t most) {
    const auto* node = find(key);
    if (node == nullptr) return false;
    auto value = node->value_exact<std::int64_t>();
    if (!value) return mistake(key, expected("a whole number", *node)), false;
    if (*value < least || *value > most)
        return mistake(key, fmt::format("{} is not from {} to {}", *value, least, most)), false;
    target = static_cast<std::size_t>(*value);
    return true;
}

void Section::table(std::string_view key, const std::function<void(Section&)>& body) {
    const auto* node = find(key);
    if (node == nullptr) return;
    const auto* inner = node->as_table();
    if (inner == nullptr) return mistake(key, expected(fmt::format("a table, [{}]", key), *node));
    std::string within = title_;  // "[account.oauth]" inside "[[account]]"
    std::erase_if(within, [](char c) { return c == '[' || c == ']'; });
    const auto title =
        within.empty() ? fmt::format("[{}]", key) : fmt::format("[{}.{}]", within, key);
    Section section(reading_, *inner, title, node->source().begin.line);
    body(section);
}

void Section::tables(std::string_view key, const std::function<void(Section&)>& body) {
    const auto* node = find(key);
    if (node == nullptr) return;
    const auto* array = node->as_array();
    if (array == nullptr || (!array->empty() && !array->is_array_of_tables()))
        return mistake(key, expected(fmt::format("tables, each begun with [[{}]]", key), *node));
    for (const auto& element : *array) {
        Section section(reading_, *element.as_table(), fmt::format("[[{}]]", key),
                        element.source().begin.line);
        body(section);
    }
}

}  // namespace mailhold::config
