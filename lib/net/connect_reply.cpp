#include "net/connect_reply.hpp"

#include <algorithm>
#include <string_view>

namespace tunnelkeyd::net {

namespace {

constexpr std::size_t most_schemes = 100;  // characters of their names

/// The first word, as far as it is one of letters, digits, `-` and `_`: a proxy's text goes to people.
std::string word_in(std::string_view text) {
    constexpr std::size_t longest = 40;
    constexpr std::string_view allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    return std::string(text.substr(0, std::min(text.find_first_not_of(allowed), longest)));
}

/// The names in a list of challenges (RFC 9110, section 11.6.1): a word with a blank or nothing behind it,
/// which parameters (`realm="x"`) have not.
void add_schemes(std::string_view challenges, std::string& to) {
    while (!challenges.empty()) {
        auto part = challenges.substr(0, challenges.find(','));
        challenges.remove_prefix(std::min(part.size() + 1, challenges.size()));
        part.remove_prefix(std::min(part.find_first_not_of(" \t"), part.size()));
        const auto scheme = word_in(part);
        const bool named = !scheme.empty() && (scheme.size() == part.size() || part[scheme.size()] == ' ');
        if (named && to.size() < most_schemes)
            to += (to.empty() ? "" : ", ") + scheme;
    }
}

}  // namespace

connect_reply::state connect_reply::commit(std::size_t size) {
    switch (reader_.commit(size)) {
    case reply_reader::state::more:
        return state::more;
    case reply_reader::state::complete:
        return finish();
    case reply_reader::state::failed:
        problem_ = reader_.problem();
        break;
    }
    return state::failed;
}

connect_reply::state connect_reply::finish() {
    if (const auto errors = reader_.fields("X-Squid-Error"); !errors.empty())
        detail_ = word_in(errors.front());
    for (const auto& challenges : reader_.fields("Proxy-Authenticate"))
        add_schemes(challenges, schemes_);
    status_ = reader_.status();
    if (status_ / 100 != 2)
        return state::failed;
    if (!reader_.has_more())
        return state::open;
    status_ = 0;
    problem_ = "something stands behind it that no server can have said yet";
    return state::failed;
}

}  // namespace tunnelkeyd::net
