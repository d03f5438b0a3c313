#include "store/ledger/merkle.hpp"

#include <bit>
#include <catch2/catch.hpp>

namespace mailhold::store::ledger {
namespace {

// The leaves and roots that implementations of RFC 6962 have tested each other with since the
// first.
const std::vector<std::string> leaves{"",         std::string("\0", 1), "\x10", " !", "01", "@ABC",
                                      "PQRSTUVW", "`abcdefghijklmno"};
const std::vector<std::string> roots{
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};

std::vector<Digest> some_leaves(std::size_t count) {
    std::vector<Digest> hashes;
    for (std::size_t i = 0; i < count; ++i) hashes.push_back(leaf_hash(std::to_string(i)));
    return hashes;
}

// MTH of RFC 6962 2.1, word for word.
Digest defined_root(std::span<const Digest> hashes) {
    if (hashes.empty()) return sha256("");
    if (hashes.size() == 1) return hashes[0];
    const auto split = std::bit_floor(hashes.size() - 1);
    return node_hash(defined_root(hashes.first(split)), defined_root(hashes.subspan(split)));
}

TEST_CASE("the roots of the known trees come out") {
    Frontier tree;
    CHECK(to_hex(tree.root()) == roots[0]);
    for (std::size_t i = 0; i < leaves.size(); ++i) {
        tree.append(leaf_hash(leaves[i]));
        CHECK(to_hex(tree.root()) == roots[i + 1]);
    }
}

TEST_CASE("a frontier gives the root that the definition gives, also when resumed from its peaks") {
    const auto hashes = some_leaves(200);
    Frontier tree;
    for (std::size_t size = 0; size < hashes.size(); ++size) {
        CHECK(tree.root() == defined_root(std::span(hashes).first(size)));
        tree = Frontier(tree.size(), tree.peaks());
        tree.append(hashes[size]);
    }
}

TEST_CASE("every leaf of every tree is proved, and nothing else is") {
    const auto hashes = some_leaves(40);
    for (std::size_t size = 1; size <= hashes.size(); ++size) {
        const auto tree = std::span(hashes).first(size);
        const auto root = defined_root(tree);
        for (std::size_t index = 0; index < size; ++index) {
            auto proof = inclusion_proof(tree, index);
            REQUIRE(verify_inclusion(proof, hashes[index], index, size, root));
            CHECK_FALSE(
                verify_inclusion(proof, hashes[(index + 1) % hashes.size()], index, size, root));
            CHECK_FALSE(verify_inclusion(proof, hashes[index], size, size, root));
            CHECK_FALSE(verify_inclusion(proof, hashes[index], index, size, sha256("other")));
            if (size > 1)
                CHECK_FALSE(verify_inclusion(proof, hashes[index], index ^ 1, size, root));
            for (auto& step : proof) {
                step.bytes[7] ^= 1;
                CHECK_FALSE(verify_inclusion(proof, hashes[index], index, size, root));
                step.bytes[7] ^= 1;
            }
            proof.push_back(root);
            CHECK_FALSE(verify_inclusion(proof, hashes[index], index, size, root));
            proof.resize(proof.size() - 1);
            if (proof.empty()) continue;
            proof.pop_back();
            CHECK_FALSE(verify_inclusion(proof, hashes[index], index, size, root));
        }
    }
}

TEST_CASE("every beginning of every tree is proved consistent, and nothing else is") {
    const auto hashes = some_leaves(40);
    for (std::size_t size = 1; size <= hashes.size(); ++size) {
        const auto tree = std::span(hashes).first(size);
        const auto root = defined_root(tree);
        for (std::size_t old_size = 1; old_size <= size; ++old_size) {
            const auto old_root = defined_root(tree.first(old_size));
            auto proof = consistency_proof(tree, old_size);
            REQUIRE(verify_consistency(proof, old_size, old_root, size, root));
            CHECK_FALSE(verify_consistency(proof, old_size, sha256("other"), size, root));
            CHECK_FALSE(verify_consistency(proof, old_size, old_root, size, sha256("other")));
            for (auto& step : proof) {
                step.bytes[0] ^= 0x80;
                CHECK_FALSE(verify_consistency(proof, old_size, old_root, size, root));
                step.bytes[0] ^= 0x80;
            }
            proof.push_back(root);
            CHECK_FALSE(verify_consistency(proof, old_size, old_root, size, root));
        }
    }
    CHECK_FALSE(verify_consistency({}, 0, sha256(""), 3, defined_root(std::span(hashes).first(3))));
    CHECK_FALSE(verify_consistency({}, 4, defined_root(std::span(hashes).first(4)), 3,
                                   defined_root(std::span(hashes).first(3))));
}

}  // namespace
}  // namespace mailhold::store::ledger
