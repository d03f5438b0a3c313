// The canonical text of a query tree: one form a key, so that tests, logs and audit can compare
// trees as strings.
#include <fmt/format.h>

#include <limits>
#include <string_view>

#include "indexer/query/query.hpp"
#include "indexer/query/tree.hpp"

namespace mailhold::indexer::query {
namespace {

std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + '"';
}

std::string_view word(TextScope scope) {
    switch (scope) {
        case TextScope::body:
            return "body";
        case TextScope::text:
            return "text";
        case TextScope::subject:
            return "subject";
        case TextScope::from:
            return "from";
        case TextScope::to:
            return "to";
        case TextScope::cc:
            return "cc";
        case TextScope::bcc:
            return "bcc";
        case TextScope::header:
            return "header";
        case TextScope::filename:
            return "filename";
        case TextScope::attachment:
            return "attachment";
    }
    return "?";
}

std::string_view word(DateTest test) {
    switch (test) {
        case DateTest::before:
            return "before";
        case DateTest::on:
            return "on";
        case DateTest::since:
            return "since";
    }
    return "?";
}

std::string numbers(const NumberSet& set) {
    const auto one = [](std::uint32_t value) {
        return value == std::numeric_limits<std::uint32_t>::max() ? std::string("*")
                                                                  : fmt::format("{}", value);
    };
    std::string out;
    for (const auto& [first, last] : set) {
        if (!out.empty()) out += ',';
        out += first == last ? one(first) : one(first) + ":" + one(last);
    }
    return out;
}

struct Printer {
    std::string& out;
    std::size_t depth = 0;

    void list(std::string_view name, const std::vector<QueryPtr>& children) {
        out += fmt::format("({}", name);
        for (const auto& child : children) {
            out += ' ';
            print(*child);
        }
        out += ')';
    }
    void print(const Query& query) {
        MAILHOLD_ASSERT(depth < max_depth);
        std::visit(Printer{out, depth + 1}, query.node);
    }

    void operator()(const All&) { out += "all"; }
    void operator()(const None&) { out += "none"; }
    void operator()(const TextKey& key) {
        const auto* matching = key.matching == Matching::fuzzy ? "fuzzy-" : "";
        out += fmt::format("({}{}", matching, word(key.scope));
        if (key.scope == TextScope::header) out += ' ' + quoted(key.header_name);
        out += ' ' + quoted(key.needle) + ')';
    }
    void operator()(const FlagKey& key) { out += fmt::format("(flag {})", key.flag); }
    void operator()(const DateKey& key) {
        const std::chrono::year_month_day day(key.day);
        out += fmt::format("({} {} {:04}-{:02}-{:02})",
                           key.field == DateField::internal ? "internal" : "sent", word(key.test),
                           static_cast<int>(day.year()), static_cast<unsigned>(day.month()),
                           static_cast<unsigned>(day.day()));
    }
    void operator()(const SizeKey& key) {
        out += fmt::format("({} {})", key.test == SizeKey::Test::larger ? "larger" : "smaller",
                           key.octets);
    }
    void operator()(const UidKey& key) { out += fmt::format("(uid {})", numbers(key.uids)); }
    void operator()(const SequenceKey& key) {
        out += fmt::format("(seq {})", numbers(key.numbers));
    }
    void operator()(const AttachmentKey& key) {
        out +=
            key.status ? fmt::format("(attachment {})", text::name_of(*key.status)) : "attachment";
    }
    void operator()(const Not& key) { list("not", {key.inner}); }
    void operator()(const And& key) { list("and", key.all); }
    void operator()(const Or& key) { list("or", key.any); }
};

}  // namespace

std::string to_text(const Query& query) {
    std::string out;
    Printer{out}.print(query);
    return out;
}

}  // namespace mailhold::indexer::query
