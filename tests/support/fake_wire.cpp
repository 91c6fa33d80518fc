#include "support/fake_wire.hpp"

#include <algorithm>
#include <memory>

namespace tunnelkeyd::tests {

namespace {

constexpr core::duration one_way(5);

core::exchange broken(core::reached how_far, bool timed_out) {
    core::exchange seen;
    seen.reached = how_far;
    seen.timed_out = timed_out;
    seen.problem = timed_out ? "timed out" : "broken";
    return seen;
}

/// What the daemon hears, if not the peer's own reply.
core::exchange answer_of(const fault& how) {
    using kind = fault::kind;
    if (how.status != 0) {
        auto seen = reply(how.status, how.body, how.content_type);
        seen.retry_after = how.retry_after;
        return seen;
    }
    const auto how_far = how.what == kind::no_connection ? core::reached::nothing
                         : how.what == kind::alert       ? core::reached::alert
                                                         : core::reached::interrupted;
    return broken(how_far, !how.heard_after);
}

}  // namespace

std::string_view to_string(call what) {
    switch (what) {
    case call::organization:
        return "organization";
    case call::regenerate:
        return "regenerate";
    case call::status:
        return "status";
    case call::whoami:
        return "whoami";
    case call::install:
        return "install";
    }
    return {};
}

core::exchange reply(unsigned status, const std::string& body, std::string content_type) {
    core::exchange seen;
    seen.reached = core::reached::reply;
    seen.status = status;
    seen.content_type = std::move(content_type);
    seen.body = core::secret(body);
    return seen;
}

fault fake_wire::take(const key& of) {
    if (const auto script = scripts_.find(of); script != scripts_.end()) {
        auto how = std::move(script->second.front());
        script->second.pop_front();
        if (script->second.empty())
            scripts_.erase(script);
        return how;
    }
    if (const auto found = always_.find(of); found != always_.end())
        return found->second;
    return chance ? chance(of.first, of.second) : fault{};
}

void fake_wire::heal_all() {
    scripts_.clear();
    always_.clear();
    chance = nullptr;
}

void fake_wire::send(const std::string& target, call what, core::duration limit,
                     std::function<core::exchange()> act, ports::exchange_handler done) {
    const auto index = static_cast<std::size_t>(what);
    const key of{target, what};
    const auto life = loop_.life();
    if (leaving)
        leaving(target, what);
    ++sent_[index];
    ++sent_to_[of];
    ++under_way_[of];
    most_[index] = std::max(most_[index], ++all_under_way_[index]);
    auto ended = [this, of, index, done = std::move(done)](core::exchange seen) {
        --under_way_[of];
        --all_under_way_[index];
        if (heard)
            heard(of.first, of.second, seen);
        done(std::move(seen));
    };

    const auto how = take(of);
    if (how.what == fault::kind::none) {
        const auto half = how.heard_after.value_or(2 * one_way) / 2;
        loop_.post(half, [this, life, half, act = std::move(act), ended = std::move(ended)] {
            auto answer = std::make_shared<core::exchange>(act());
            loop_.deliver(life, half, [ended, answer] { ended(std::move(*answer)); });
        });
        return;
    }
    if (how.what == fault::kind::lost_after || how.what == fault::kind::late)
        loop_.post(std::max(one_way, how.effect_after), [act = std::move(act)] { act(); });
    loop_.deliver(life, how.heard_after.value_or(limit), [ended, how] { ended(answer_of(how)); });
}

void fake_wire::walk(const core::way& found, ports::way_handler done) {
    loop_.deliver(loop_.life(), 2 * one_way, [found, done = std::move(done)] { done(found); });
}

std::uint64_t fake_wire::sent(const std::string& target, call what) const {
    const auto found = sent_to_.find({target, what});
    return found == sent_to_.end() ? 0 : found->second;
}

unsigned fake_wire::under_way(const std::string& target, call what) const {
    const auto found = under_way_.find({target, what});
    return found == under_way_.end() ? 0 : found->second;
}

void fake_wire::kill() {
    under_way_.clear();
    std::fill(std::begin(all_under_way_), std::end(all_under_way_), 0u);
}

}  // namespace tunnelkeyd::tests
