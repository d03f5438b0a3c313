#include "store/base/digest.hpp"

#include <catch2/catch.hpp>

namespace mailhold {

// FIPS 180-2, appendix B.
constexpr char digest_of_abc[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

TEST_CASE("SHA-256 gives the published digests, in one piece and in several") {
    CHECK(to_hex(sha256("abc")) == digest_of_abc);
    CHECK(to_hex(sha256("")) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    Sha256 hash;
    hash.update("a");
    hash.update("");
    Sha256 moved = std::move(hash);
    moved.update("bc");
    CHECK(moved.finish() == sha256("abc"));
    CHECK(sha256(std::string_view("a\0b", 3)) != sha256("a"));
}

TEST_CASE("digests are read from hexadecimal and raw octets, and from nothing else") {
    const auto digest = sha256("abc");
    const std::string hex = digest_of_abc;
    std::string upper = hex;
    for (char& c : upper) c = static_cast<char>(std::toupper(c));
    CHECK(digest_from_hex(hex) == digest);
    CHECK(digest_from_hex(upper) == digest);
    CHECK(digest_from_bytes(digest.view()) == digest);
    CHECK_FALSE(digest_from_hex(hex.substr(1)));
    CHECK_FALSE(digest_from_hex(hex + "0"));
    CHECK_FALSE(digest_from_hex("g" + hex.substr(1)));
    CHECK_FALSE(digest_from_hex(" " + hex.substr(1)));
    CHECK_FALSE(digest_from_bytes(digest.view().substr(1)));
    CHECK_FALSE(digest_from_bytes(""));
}

}  // namespace mailhold
