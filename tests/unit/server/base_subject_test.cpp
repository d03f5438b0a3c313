#include "imap/server/search/base_subject.hpp"

#include <catch2/catch.hpp>

using namespace mailhold::imap::server;

TEST_CASE("base subjects are what RFC 5256 2.1 makes of a subject") {
    struct Row {
        std::string subject, base;
        bool reply_or_forward;
    };
    const Row table[] = {
        {"", "", false},
        {"  \t ", "", false},
        {"Report", "Report", false},
        {"Re: Report", "Report", true},
        {"RE:Report", "Report", true},
        {"re  : Report", "Report", true},
        {"Fw: Report", "Report", true},
        {"FWD: Report", "Report", true},
        {"Re: Fwd: re: Report", "Report", true},
        {"Re[2]: Report", "Report", true},
        {"Re [2]: Report", "Report", true},
        {"[list] Report", "Report", false},
        {"[list] Re: Report", "Report", true},
        {"Re: [list] Report", "Report", true},
        {"[a] [b] Re: [c] Report", "Report", true},
        {"[list]", "[list]", false},
        {"Re: [list]", "[list]", true},
        {"[list] [other]", "[other]", false},
        {"Report (fwd)", "Report", true},
        {"Report (FWD) (fwd) ", "Report", true},
        {"[Fwd: Report]", "Report", true},
        {"Re: [Fwd: [fwd: Re: Report (fwd)]]", "Report", true},
        {"[Fwd: Report", "[Fwd: Report", false},
        {"[[nested] x", "[[nested] x", false},
        {"two   words\r\n\tand more", "two words and more", false},
        {"Remark", "Remark", false},
        {"Re", "Re", false},
        {"Re:", "", true},
        {"Fwdish: x", "Fwdish: x", false},
        {"Re: a: b", "a: b", true},
        {"(fwd)", "", true},
        {"[]", "[]", false},
        {"[] x", "x", false},
    };
    for (const auto& row : table) {
        INFO(row.subject);
        const auto base = base_subject(row.subject);
        CHECK(base.text == row.base);
        CHECK(base.reply_or_forward == row.reply_or_forward);
    }
}
