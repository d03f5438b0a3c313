#include "store/base/blob.hpp"

#include <catch2/catch.hpp>

#include "folder.hpp"
#include "store/base/fail_point.hpp"

namespace mailhold {

TEST_CASE("a blob keeps its octets for all of its copies") {
    Blob copy;
    CHECK(copy.view().empty());
    {
        const Blob blob(std::string("a\0b", 3));
        copy = blob;
        CHECK(copy.view().data() == blob.view().data());
    }
    CHECK(copy.view() == std::string_view("a\0b", 3));
}

TEST_CASE(
    "a built blob is what was appended, small or large, and its spool leaves no name behind") {
    const test::Folder folder;
    BlobBuilder builder(folder.path);
    for (const std::size_t size : {std::size_t{0}, std::size_t{5}, BlobBuilder::heap_limit,
                                   BlobBuilder::heap_limit + 1, 5 * BlobBuilder::heap_limit + 77}) {
        INFO(size);
        std::string expected;
        while (expected.size() < size) {
            const auto piece =
                std::string(std::min(size - expected.size(), expected.size() % 70'001 + 1),
                            static_cast<char>('a' + expected.size() % 26));
            REQUIRE(builder.append(piece));
            expected += piece;
        }
        CHECK(builder.size() == size);
        const auto blob = builder.finish().value();
        CHECK(blob.size() == size);
        CHECK((blob.view() == expected));
        CHECK(builder.size() == 0);
        CHECK(std::filesystem::is_empty(folder.path));
    }
}

TEST_CASE(
    "a blob never lacks a piece: after a failed append finish fails, and the builder starts "
    "afresh") {
    const test::Folder folder;
    BlobBuilder builder(folder.path);
    const std::string large(2 * BlobBuilder::heap_limit, 'x');
    REQUIRE(fail_point::arm("file.write:1:no_space"));
    CHECK(builder.append(large).error().code == Errc::no_space);
    REQUIRE(fail_point::arm(""));
    CHECK(builder.append("more").error().code == Errc::no_space);
    CHECK(builder.finish().error().code == Errc::no_space);
    REQUIRE(builder.append("again"));
    CHECK(builder.finish().value().view() == "again");

    BlobBuilder nowhere(folder.path / "missing");
    CHECK(nowhere.append(large).error().code == Errc::not_found);
    CHECK_FALSE(nowhere.finish());
}

}  // namespace mailhold
