// The octets after DATA, whole and split at every place.
#include "intake/journal/data_decoder.hpp"

#include <catch2/catch.hpp>

using mailhold::intake::journal::DataDecoder;

TEST_CASE("dots are undone, and only CR LF dot CR LF ends a message, wherever its octets are cut") {
    struct Row {
        std::string sent, message, rest;
        bool ended = true;
    };
    const Row table[] = {
        {".\r\nQUIT", "", "QUIT"},
        {"a\r\n.\r\n", "a\r\n", ""},
        {"a\r\n..\r\n.\r\nx", "a\r\n.\r\n", "x"},
        {"..a\r\n.b\r\n...\r\n.\r\n", ".a\r\nb\r\n..\r\n", ""},
        {"\r\n\r\n.\r\n", "\r\n\r\n", ""},
        {std::string("a\0\xff\r\n.\r\n", 8), std::string("a\0\xff\r\n", 5), ""},
        // What others took for an end, and is none.
        {"a\n.\nMAIL\r\n.\r\n", "a\n.\nMAIL\r\n", ""},
        {"a\n.\r\nMAIL\r\n.\r\n", "a\n.\r\nMAIL\r\n", ""},
        {"a\r.\rMAIL\r\n.\r\n", "a\r.\rMAIL\r\n", ""},
        {"a\r\n.\nMAIL\r\n.\r\n", "a\r\n\nMAIL\r\n", ""},
        {"a\r\n.\rMAIL\r\n.\r\n", "a\r\n\rMAIL\r\n", ""},
        {"a\r\n.\r\r\n.\r\n", "a\r\n\r\r\n", ""},
        {"a\n..\r\n.\r\n", "a\n..\r\n", ""},
        {"a\r\r\n.\r\n", "a\r\r\n", ""},
        {"a\r\n.\r", "a\r\n", "", false},
        {"a\r\n.", "a\r\n", "", false},
        {"a\n.\n", "a\n.\n", "", false},
    };
    for (const auto& row : table) {
        for (std::size_t cut = 0; cut <= row.sent.size(); ++cut) {
            CAPTURE(row.sent, cut);
            DataDecoder decoder;
            std::string message;
            auto taken = decoder.feed(std::string_view(row.sent).substr(0, cut), message);
            taken += decoder.feed(std::string_view(row.sent).substr(taken), message);
            CHECK(message == row.message);
            CHECK(row.sent.substr(taken) == row.rest);
            CHECK(decoder.ended() == row.ended);
        }
    }
}
