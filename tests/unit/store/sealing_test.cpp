#include "store/sealing.hpp"

#include <catch2/catch.hpp>

#include <stdexcept>
#include <string>

using tunnelkeyd::core::identity;
using tunnelkeyd::core::secret;
using tunnelkeyd::store::sealer;

namespace {

const identity tunnel{"org", "host"};

sealer sealer_of(char fill) {
    return sealer(secret(std::string(sealer::key_size, fill)));
}

}  // namespace

TEST_CASE("a sealed key opens for the tunnel and the generation that it was sealed for") {
    const auto keys = sealer_of('k');
    for (const auto& plain : {std::string("a key"), std::string(), std::string("\0\xff\n", 3)}) {
        const auto opened = keys.unseal(tunnel, 7, keys.seal(tunnel, 7, secret(plain)));
        REQUIRE(opened);
        CHECK(opened->reveal() == plain);
    }
}

TEST_CASE("a sealed key does not open for another identity or generation") {
    const auto keys = sealer_of('k');
    const auto sealed = keys.seal(tunnel, 7, secret("a key"));
    CHECK_FALSE(keys.unseal({"org", "other"}, 7, sealed));
    CHECK_FALSE(keys.unseal({"other", "host"}, 7, sealed));
    CHECK_FALSE(keys.unseal({"orgh", "ost"}, 7, sealed));
    CHECK_FALSE(keys.unseal({"host", "org"}, 7, sealed));
    CHECK_FALSE(keys.unseal(tunnel, 8, sealed));
    CHECK_FALSE(sealer_of('l').unseal(tunnel, 7, sealed));
}

TEST_CASE("a sealed key does not open if any bit of it is flipped") {
    const auto keys = sealer_of('k');
    const auto sealed = keys.seal(tunnel, 7, secret("a key"));
    for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
        auto changed = sealed;
        changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ 1 << bit % 8);
        if (keys.unseal(tunnel, 7, changed))
            FAIL("bit " << bit);
    }
}

TEST_CASE("a sealed key does not open if it is truncated or longer") {
    const auto keys = sealer_of('k');
    const auto sealed = keys.seal(tunnel, 7, secret("a key"));
    for (std::size_t size = 0; size < sealed.size(); ++size)
        if (keys.unseal(tunnel, 7, sealed.substr(0, size)))
            FAIL(size << " bytes");
    CHECK_FALSE(keys.unseal(tunnel, 7, sealed + '\0'));
}

TEST_CASE("the same key sealed twice gives different bytes, and none of them shows it") {
    const auto keys = sealer_of('k');
    const auto first = keys.seal(tunnel, 7, secret("a longer key"));
    CHECK(first != keys.seal(tunnel, 7, secret("a longer key")));
    CHECK(first[0] == 1);
    CHECK(first.size() == 1 + 12 + 12 + 16);
    CHECK(first.find("longer") == std::string::npos);
}

TEST_CASE("what is too long for a key is refused, not cut") {
    const auto keys = sealer_of('k');
    const secret longest(std::string(sealer::longest, 'x'));
    CHECK(keys.unseal(tunnel, 7, keys.seal(tunnel, 7, longest)) == longest);
    CHECK_THROWS_AS(keys.seal(tunnel, 7, secret(std::string(sealer::longest + 1, 'x'))), std::runtime_error);
}

TEST_CASE("the check value tells sealing keys apart") {
    CHECK(sealer_of('k').check_value() == sealer_of('k').check_value());
    CHECK(sealer_of('k').check_value() != sealer_of('l').check_value());
    CHECK(sealer_of('k').check_value().size() == 64);
    CHECK_THROWS_AS(sealer(secret("short")), std::invalid_argument);
}
