#pragma once

#include "core/exchange.hpp"
#include "ports/cloud.hpp"
#include "support/fake_loop.hpp"

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace tunnelkeyd::tests {

enum class call : std::uint8_t { organization, regenerate, status, whoami, install };
std::string_view to_string(call what);

/// What goes wrong with one request.
struct fault {
    enum class kind : std::uint8_t {
        none,  ///< answered after `heard_after`
        no_connection,
        alert,        ///< the peer refuses the handshake, by a TLS alert that comes after the request left
        lost_before,  ///< the request is lost
        lost_after,   ///< it takes effect, and the reply is lost
        late,         ///< it takes effect at `effect_after`
        answer,       ///< it takes no effect, and `status` is the reply
    };
    kind what = kind::none;
    std::optional<core::duration> heard_after = core::duration(10);  ///< nothing: when the time limit ends it
    core::duration effect_after{0};
    unsigned status = 0;  ///< with `late`: a gateway's reply; 0: none
    std::string content_type = "application/json";
    std::string retry_after = {};
    std::string body = {};

    static fault no_connection() { return {kind::no_connection}; }
    /// A host that swallows every packet.
    static fault dead() { return {kind::no_connection, std::nullopt}; }
    static fault alert() { return {kind::alert}; }
    static fault lost_before() { return {kind::lost_before}; }
    static fault lost_after() { return {kind::lost_after}; }
    static fault hangs() { return {kind::lost_before, std::nullopt}; }
    static fault hangs_after() { return {kind::lost_after, std::nullopt}; }
    static fault late(core::duration effect_after, unsigned status = 0) {
        return {kind::late, core::duration(10), effect_after, status};
    }
    static fault answer(unsigned status, std::string retry_after = {}) {
        return {kind::answer, core::duration(10), {}, status, "text/html", std::move(retry_after), "<html>"};
    }
    static fault login_page() { return answer(200); }
};

/// Carries requests to the peers, and makes of them what was scripted for a target (a tunnel's hostname, an
/// organization's id), or is always so, or what chance says, in this order.
class fake_wire {
public:
    explicit fake_wire(fake_loop& loop) : loop_(loop) {}

    void script(const std::string& target, call what, fault how) { scripts_[{target, what}].push_back(how); }
    void always(const std::string& target, call what, fault how) { always_[{target, what}] = std::move(how); }
    void heal(const std::string& target, call what) { always_.erase({target, what}); }
    void heal_all();
    /// Asked for each request without a script.
    std::function<fault(const std::string& target, call what)> chance;
    /// Told of each request before it leaves.
    std::function<void(const std::string& target, call what)> leaving;
    /// Told what the daemon is about to hear of each request.
    std::function<void(const std::string& target, call what, const core::exchange& seen)> heard;

    /// `act` is what the peer does with the request, and its reply. `limit` ends it.
    void send(const std::string& target, call what, core::duration limit, std::function<core::exchange()> act,
              ports::exchange_handler done);

    /// A connection on which nothing is sent: what the peer's way is said to be.
    void walk(const core::way& found, ports::way_handler done);

    [[nodiscard]] std::uint64_t sent(call what) const { return sent_[static_cast<std::size_t>(what)]; }
    [[nodiscard]] std::uint64_t sent(const std::string& target, call what) const;
    /// How many are under way now, and the most that ever were.
    [[nodiscard]] unsigned under_way(const std::string& target, call what) const;
    [[nodiscard]] unsigned most_under_way(call what) const { return most_[static_cast<std::size_t>(what)]; }
    /// The daemon is gone, and with it its connections.
    void kill();

private:
    using key = std::pair<std::string, call>;
    [[nodiscard]] fault take(const key& of);

    fake_loop& loop_;
    std::map<key, std::deque<fault>> scripts_;
    std::map<key, fault> always_;
    std::map<key, std::uint64_t> sent_to_;
    std::map<key, unsigned> under_way_;
    std::uint64_t sent_[5] = {};
    unsigned all_under_way_[5] = {};
    unsigned most_[5] = {};
};

/// A whole reply.
core::exchange reply(unsigned status, const std::string& body, std::string content_type = "application/json");

}  // namespace tunnelkeyd::tests
