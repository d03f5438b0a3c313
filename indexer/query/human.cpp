// A recursive descent parser of the human query language; depth and length are limited. Values of
// keys are read by human_values.cpp.
#include "indexer/query/human.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "indexer/query/ascii.hpp"
#include "indexer/query/human_values.hpp"

namespace mailhold::indexer::query {
namespace {

constexpr std::string_view blanks = " \t\r\n";

bool is_letter(char c) {
    return lower(c) >= 'a' && lower(c) <= 'z';
}

class Parser {
  public:
    explicit Parser(std::string_view text) : text_(text) {}

    Result<HumanQuery> parse() {
        auto query = alternatives();
        if (!query) return std::unexpected(query.error());
        if (here() == ')') return error(at_, "a \")\" that was never opened");
        return HumanQuery{std::move(*query), std::move(mailbox_)};
    }

  private:
    // One or more conjunctions with OR between them.
    Result<QueryPtr> alternatives() {
        Or alternatives;
        do {
            auto all = conjunction();
            if (!all) return all;
            alternatives.any.push_back(std::move(*all));
        } while (take_or());
        if (alternatives.any.size() == 1) return alternatives.any.front();
        return make(std::move(alternatives));
    }

    Result<QueryPtr> conjunction() {
        And terms;
        const std::size_t begin = at_;
        const bool had_mailbox = mailbox_.has_value();
        for (skip_blanks(); !at_end() && here() != ')' && !at_or(); skip_blanks()) {
            auto next = term();
            if (!next) return next;
            if (*next) terms.all.push_back(std::move(*next));
        }
        if (terms.all.empty()) {
            if (mailbox_ && !had_mailbox) return make(All{});
            return error(
                at_, begin == 0 ? "expected a word to look for" : "expected a word or a key here");
        }
        if (terms.all.size() == 1) return terms.all.front();
        return make(std::move(terms));
    }

    // Null for in:, which is a setting of the whole query.
    Result<QueryPtr> term() {
        if (depth_ == human_nesting_limit) return error(at_, "nested too deeply");
        if (here() == '-' && at_ + 1 < text_.size() && !blanks.contains(text_[at_ + 1])) {
            ++at_;
            ++depth_;
            auto inner = term();
            --depth_;
            return inner ? make(Not{std::move(*inner)}) : inner;
        }
        if (here() == '(') return group();
        if (here() == '"') {
            const auto phrase = quoted();
            return phrase ? Result<QueryPtr>(words(*phrase)) : std::unexpected(phrase.error());
        }
        std::size_t colon = at_;
        while (colon < text_.size() && is_letter(text_[colon])) ++colon;
        if (colon > at_ && colon < text_.size() && text_[colon] == ':') return key(colon);
        return words(bare(""));
    }

    Result<QueryPtr> group() {
        const std::size_t opened = at_++;
        ++depth_;
        auto inner = alternatives();
        --depth_;
        if (!inner) return inner;
        if (at_end()) return error(opened, "this \"(\" is never closed");
        ++at_;
        return inner;
    }

    Result<QueryPtr> key(std::size_t colon) {
        const std::size_t begin = at_;
        const std::string name = lowered(text_.substr(at_, colon - at_));
        at_ = colon + 1;
        const std::size_t value_at = at_;
        auto value = name == "header" ? header_value() : value_text();
        if (!value) return std::unexpected(value.error());
        if (name == "in") {
            if (depth_ != 0)
                return error(begin,
                             "in: stands for the whole query, outside of parentheses and \"-\"");
            if (mailbox_) return error(begin, "in: is given twice");
            if (value->text.empty())
                return error(value_at, "expected a mailbox's name, as in:alice/INBOX");
            mailbox_ = std::move(value->text);
            return nullptr;
        }
        auto query = human_key(name, *value);
        if (!query)
            return error(query.error().place == HumanError::Place::key ? begin : value_at,
                         query.error().text);
        return std::move(*query);
    }

    Result<HumanValue> value_text() {
        if (here() != '"') return HumanValue{{}, bare("")};
        auto phrase = quoted();
        if (!phrase) return std::unexpected(phrase.error());
        return HumanValue{{}, std::move(*phrase)};
    }

    // NAME=VALUE; NAME alone asks whether the field exists.
    Result<HumanValue> header_value() {
        std::string name = bare("=");
        if (here() != '=') return HumanValue{std::move(name), {}};
        ++at_;
        auto value = value_text();
        if (value) value->name = std::move(name);
        return value;
    }

    Result<std::string> quoted() {
        const std::size_t opened = at_;
        const auto closed = text_.find('"', at_ + 1);
        if (closed == std::string_view::npos) return error(opened, "this quote is never closed");
        at_ = closed + 1;
        return std::string(text_.substr(opened + 1, closed - opened - 1));
    }

    std::string bare(std::string_view also_ends_at) {
        const std::size_t begin = at_;
        while (!at_end() && !blanks.contains(here()) && here() != '(' && here() != ')' &&
               here() != '"' && !also_ends_at.contains(here())) {
            ++at_;
        }
        return std::string(text_.substr(begin, at_ - begin));
    }

    static QueryPtr words(const std::string& needle) {
        return make(Or{{make(TextKey{TextScope::text, {}, needle}),
                        make(TextKey{TextScope::filename, {}, needle})}});
    }

    bool at_or() const {
        const auto after = at_ + 2 < text_.size() ? text_[at_ + 2] : ' ';
        return text_.substr(at_, 2) == "OR" && (blanks.contains(after) || after == '(');
    }
    bool take_or() {
        if (!at_or()) return false;
        at_ += 2;
        return true;
    }
    void skip_blanks() {
        while (!at_end() && blanks.contains(here())) ++at_;
    }
    bool at_end() const { return at_ >= text_.size(); }
    char here() const { return at_end() ? '\0' : text_[at_]; }

    // Counts characters, not octets, from 1.
    std::unexpected<Error> error(std::size_t at, std::string_view what) const {
        const auto before = text_.substr(0, at);
        const auto column =
            1 + std::ranges::count_if(before, [](char c) { return (c & 0xc0) != 0x80; });
        return fail(Errc::invalid, fmt::format("query, character {}: {}", column, what));
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::size_t depth_ = 0;
    std::optional<std::string> mailbox_;
};

}  // namespace

Result<HumanQuery> parse_human(std::string_view text) {
    if (text.size() > human_length_limit) {
        return fail(Errc::invalid, fmt::format("query: longer than {} octets", human_length_limit));
    }
    return Parser(text).parse();
}

}  // namespace mailhold::indexer::query
