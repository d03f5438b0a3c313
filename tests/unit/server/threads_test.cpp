#include "imap/server/search/threads.hpp"

#include <catch2/catch.hpp>

using namespace mailhold;
using namespace mailhold::imap::server;

namespace {

// A mailbox of messages numbered from 1, each an hour younger than the one before it unless `hour`
// says otherwise.
class Mailbox {
  public:
    struct Mail {
        IdHash id = 0;  // 0: none
        std::vector<IdHash> references = {};
        std::string subject = {};
        bool reply = false;
        int hour = -1;
    };
    Mailbox(std::vector<Mail> mails) {
        for (auto& mail : mails) {
            auto& facts = facts_.emplace_back(std::make_unique<OrderFacts>());
            facts->subject = mail.subject;
            facts->reply_or_forward = mail.reply;
            auto& links = links_.emplace_back(std::make_unique<Links>());
            if (mail.id != 0) links->id = mail.id;
            links->references = mail.references;
            const auto number = static_cast<std::uint32_t>(facts_.size());
            const auto hour = mail.hour < 0 ? static_cast<int>(number) : mail.hour;
            messages_.push_back(
                {number, UtcSeconds{std::chrono::hours(hour)}, facts.get(), links.get()});
        }
    }
    std::string references() const { return threads_text(Threading::references, messages_); }
    std::string refs() const { return threads_text(Threading::refs, messages_); }
    std::string ordered_subject() const {
        return threads_text(Threading::ordered_subject, messages_);
    }

  private:
    std::vector<std::unique_ptr<OrderFacts>> facts_;
    std::vector<std::unique_ptr<Links>> links_;
    std::vector<ThreadMessage> messages_;
};

}  // namespace

TEST_CASE("ORDEREDSUBJECT hangs equal subjects at the earliest") {
    CHECK(Mailbox({}).ordered_subject() == "");
    CHECK(Mailbox({{.subject = "a"}, {.subject = "b"}}).ordered_subject() == "(1)(2)");
    CHECK(Mailbox({{.subject = "a"}, {.subject = "b"}, {.subject = "a"}}).ordered_subject() ==
          "(1 3)(2)");
    CHECK(Mailbox({{.subject = "a"}, {.subject = "a"}, {.subject = "a"}}).ordered_subject() ==
          "(1 (2)(3))");
    CHECK(Mailbox({{.subject = "a", .hour = 5}, {.subject = "b"}, {.subject = "a", .hour = 1}})
              .ordered_subject() == "(3 1)(2)");
}

TEST_CASE("REFERENCES links by the ids that a message names") {
    CHECK(Mailbox({}).references() == "");
    CHECK(Mailbox({{.id = 1}, {.id = 2}}).references() == "(1)(2)");
    CHECK(Mailbox({{.id = 1}, {.id = 2, .references = {1}}, {.id = 3, .references = {1, 2}}})
              .references() == "(1 2 3)");
    CHECK(Mailbox({{.id = 1}, {.id = 2, .references = {1}}, {.id = 3, .references = {1}}})
              .references() == "(1 (2)(3))");
    // Children before their parents, and with the younger first.
    CHECK(Mailbox({{.id = 3, .references = {1}, .hour = 9},
                   {.id = 2, .references = {1}, .hour = 8},
                   {.id = 1, .hour = 1}})
              .references() == "(3 (2)(1))");
    // RFC 5256 4: thread 3 with replies 6, 4-23 and 44-7-96 looks like this.
    CHECK(Mailbox({{.id = 1},
                   {.id = 2, .references = {1}},
                   {.id = 3, .references = {1, 2}},
                   {.id = 4, .references = {1, 2, 3}},
                   {.id = 5, .references = {1, 2}},
                   {.id = 6, .references = {1, 2, 5}}})
              .references() == "(1 2 (3 4)(5 6))");
}

TEST_CASE("REFERENCES does without what is not in the mailbox") {
    // One child of an absent message stands alone; two stay together below a dummy.
    CHECK(Mailbox({{.id = 2, .references = {1}}}).references() == "(1)");
    CHECK(Mailbox({{.id = 2, .references = {1}}, {.id = 3, .references = {1}}}).references() ==
          "((1)(2))");
    // Absent ones in the middle vanish.
    CHECK(Mailbox({{.id = 1}, {.id = 3, .references = {1, 2}}, {.id = 4, .references = {1, 2}}})
              .references() == "(1 (2)(3))");
    CHECK(
        Mailbox({{.id = 4, .references = {1, 2}}, {.id = 5, .references = {1, 3}}}).references() ==
        "((1)(2))");
}

TEST_CASE("REFERENCES survives loops, duplicates and missing ids") {
    CHECK(Mailbox({{.id = 1, .references = {1}}}).references() == "(1)");
    CHECK(Mailbox({{.id = 1, .references = {2}}, {.id = 2, .references = {1}}}).references() ==
          "(2 1)");
    CHECK(Mailbox({{.id = 1}, {.id = 1}, {.id = 2, .references = {1}}}).references() == "(1 3)(2)");
    CHECK(Mailbox({{}, {}, {.references = {7}}}).references() == "(1)(2)(3)");
    std::vector<Mailbox::Mail> ring;
    for (IdHash i = 1; i <= 100; ++i) ring.push_back({.id = i, .references = {i % 100 + 1}});
    const auto text = Mailbox(ring).references();
    CHECK(std::ranges::count(text, '(') == 1);
    CHECK(std::ranges::count(text, ' ') == 99);
}

TEST_CASE("REFERENCES joins threads of one base subject") {
    CHECK(Mailbox({{.id = 1, .subject = "a"}, {.id = 2, .subject = "a", .reply = true}})
              .references() == "(1 2)");
    // Both originals, or both replies: siblings below a dummy.
    CHECK(Mailbox({{.id = 1, .subject = "a"}, {.id = 2, .subject = "a"}}).references() ==
          "((1)(2))");
    CHECK(Mailbox({{.id = 1, .subject = "a", .reply = true},
                   {.id = 2, .subject = "a", .reply = true},
                   {.id = 3, .subject = "a", .reply = true}})
              .references() == "((1)(2)(3))");
    // The original takes its replies, wherever it stands.
    CHECK(Mailbox({{.id = 1, .subject = "a", .reply = true}, {.id = 2, .subject = "a"}})
              .references() == "(2 1)");
    CHECK(Mailbox({{.id = 1}, {.id = 2}}).references() == "(1)(2)");  // empty ones join nothing
    // Two dummies become one; a message joins a dummy.
    CHECK(Mailbox({{.id = 2, .references = {1}, .subject = "a"},
                   {.id = 3, .references = {1}, .subject = "a"},
                   {.id = 5, .references = {4}, .subject = "a"},
                   {.id = 6, .references = {4}, .subject = "a"},
                   {.id = 7, .subject = "a"}})
              .references() == "((1)(2)(3)(4)(5))");
}

TEST_CASE("REFS joins no subjects, and puts the thread with the newest message last") {
    CHECK(Mailbox({{.id = 1, .subject = "a"}, {.id = 2, .subject = "a"}}).refs() == "(1)(2)");
    CHECK(Mailbox({{.id = 1}, {.id = 2}, {.id = 3, .references = {1}}}).refs() == "(2)(1 3)");
}

TEST_CASE("a chain as long as a mailbox needs no stack") {
    std::vector<Mailbox::Mail> chain;
    for (IdHash i = 1; i <= 50'000; ++i) chain.push_back({.id = i, .references = {i - 1}});
    chain.front().references.clear();
    const auto text = Mailbox(chain).references();
    CHECK(text.starts_with("(1 2 3 4"));
    CHECK(text.ends_with("49999 50000)"));
}
