// The query tree that IMAP SEARCH, HTTP and the command line share. Plain values; text is UTF-8,
// not yet folded.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "indexer/text/attachment.hpp"
#include "store/base/ids.hpp"

namespace mailhold::indexer::query {

// Closed ranges of numbers; max() of the type stands for "*" (the largest in use).
using NumberSet = std::vector<std::pair<std::uint32_t, std::uint32_t>>;

// body and text are what the RFCs say they are; attachment is the text read from attachments.
enum class TextScope { body, text, subject, from, to, cc, bcc, header, filename, attachment };
enum class DateField { internal, sent };
enum class DateTest { before, on, since };

struct All {};
struct None {};
// fuzzy: each word of the needle stands there in some form of it, in a row (RFC 6203). Forms are
// words of one stem in the message's language.
enum class Matching { exact, fuzzy };
struct TextKey {
    TextScope scope = TextScope::text;
    std::string header_name;  // for TextScope::header; any case
    std::string needle;       // UTF-8; empty: the field exists (header, subject, addresses), else
                              // everything matches
    Matching matching = Matching::exact;
};
struct FlagKey {
    std::string flag;  // "\\Seen" or a keyword; any case
};
struct DateKey {
    DateField field = DateField::internal;
    DateTest test = DateTest::on;
    std::chrono::sys_days day{};  // compared disregarding time and zone (RFC 3501 6.4.4)
};
struct SizeKey {
    enum class Test { larger, smaller } test = Test::larger;
    std::uint64_t octets = 0;
};
struct UidKey {
    NumberSet uids;
};
struct SequenceKey {
    NumberSet numbers;
};
struct AttachmentKey {
    // has:attachment; with a status attachment:failed: some attachment's text came to this.
    std::optional<text::ExtractStatus> status;
};

struct Not;
struct And;
struct Or;
struct Query;
using QueryPtr = std::shared_ptr<const Query>;  // subtrees are immutable and may be shared by trees

struct Not {
    QueryPtr inner;
};
struct And {
    std::vector<QueryPtr> all;
};
struct Or {
    std::vector<QueryPtr> any;
};

struct Query {
    std::variant<All, None, TextKey, FlagKey, DateKey, SizeKey, UidKey, SequenceKey, AttachmentKey,
                 Not, And, Or>
        node;
};

template <class Node>
QueryPtr make(Node node) {
    return std::make_shared<const Query>(Query{std::move(node)});
}

// Canonical text, for tests, logs and audit: (and (body "x") (not (flag \Seen))).
std::string to_text(const Query& query);

// Same meaning, simpler: double negation gone, nested And/Or flattened, All/None folded, cheap keys
// first.
QueryPtr simplify(const QueryPtr& query);

// The same, with the text of attachments as a part of body and text.
QueryPtr with_attachments(const QueryPtr& query);

}  // namespace mailhold::indexer::query
