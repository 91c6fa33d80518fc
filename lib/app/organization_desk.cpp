#include "app/organization_desk.hpp"

#include "app/credentials.hpp"

#include <utility>

namespace tunnelkeyd::app {

namespace {

// Far less than the minute for which a preflight counts as fresh.
constexpr core::duration answer_lasts = std::chrono::seconds(10);
constexpr unsigned unauthorized = 401;
constexpr unsigned forbidden = 403;
constexpr unsigned too_many_requests = 429;

/// The cloud looked at the API key and knows it. A gateway's 503 says nothing of that.
bool knows_api_key(const core::exchange& seen) {
    const bool success = seen.status >= 200 && seen.status < 300;
    return seen.reached == core::reached::reply && (success || seen.status == forbidden);
}

}  // namespace

organization_desk::organization_desk(const outside& world, unsigned requests_per_minute,
                                     std::function<void()> reopened)
    : bucket(requests_per_minute, world.clock.now().steady),
      world_(world),
      requests_per_minute_(requests_per_minute),
      reopened_(std::move(reopened)) {
}

void organization_desk::limit(unsigned requests_per_minute) {
    if (std::exchange(requests_per_minute_, requests_per_minute) != requests_per_minute)
        bucket = core::request_bucket(requests_per_minute, world_.clock.now().steady);
}

void organization_desk::check_api_key(const core::organization& organization, const core::retry_policy& retry,
                                      answer_handler done) {
    const bool same_key = organization.api_key == api_key_;
    if (same_key && good_until_ && world_.clock.now().steady < *good_until_)
        return done(std::nullopt);
    if (same_key && under_way_) {
        under_way_->waiting.push_back(std::move(done));
        return;
    }
    auto read = read_token(world_.secrets, organization.api_key);
    if (const auto* error = std::get_if<ports::secret_error>(&read))
        return done(core::preflight_failure{core::preflight_failure::check::secret,
                                            "organizations[].api_key: " + error->message, "", std::nullopt});
    api_key_ = organization.api_key;
    good_until_.reset();
    under_way_ = std::make_shared<question>(question{organization.api_key, retry, {}});
    under_way_->waiting.push_back(std::move(done));
    bucket.take(world_.clock.now().steady);
    world_.cloud.read_organization(
        organization, std::get<core::secret>(read),
        [this, asked = under_way_](const core::exchange& seen) { answered(*asked, seen); });
}

void organization_desk::answered(const question& asked, const core::exchange& seen) {
    world_.metrics.request_ended(ports::endpoint::organization, seen);
    const auto failure = core::judge_api_key(seen);
    const auto now = world_.clock.now();
    if (under_way_.get() == &asked) {  // else another key is asked about now, or what the file holds now
        under_way_.reset();
        if (failure)
            api_key_refused(asked.retry);
        else
            good_until_ = now.steady + answer_lasts;
    }
    if (seen.reached == core::reached::reply && seen.status == too_many_requests)
        gate.rate_limited(now, core::wait_asked_for(seen, now.wall));
    else if (knows_api_key(seen))
        api_key_accepted();
    for (const auto& done : asked.waiting)
        done(failure);
}

void organization_desk::regenerate_answered(const core::tunnel& tunnel,
                                            const core::regenerate_verdict& verdict) {
    const auto now = world_.clock.now();
    const bool unknown = verdict.what == core::regenerate_verdict::kind::unknown;
    // A request that never reached the cloud says nothing of whether that is well again.
    if (unknown || verdict.status != 0)
        gate.regenerate_ended(tunnel.id(), unknown);
    if (verdict.status == unauthorized) {
        api_key_refused(tunnel.retry);
    } else if (verdict.status == too_many_requests) {
        gate.rate_limited(now, verdict.retry_after);
    } else if (verdict.what == core::regenerate_verdict::kind::minted) {
        if (tunnel.organization.api_key == api_key_)
            good_until_ = now.steady + answer_lasts;  // no need to spend another request on that
        api_key_accepted();
    }
}

void organization_desk::reconsider() {
    good_until_.reset();
    under_way_.reset();  // whoever waits for it is told; it decides nothing more
    api_key_accepted();
}

void organization_desk::api_key_refused(const core::retry_policy& retry) {
    good_until_.reset();
    gate.api_key_refused(world_.clock.now(), retry, world_.random.uniform());
}

void organization_desk::api_key_accepted() {
    if (gate.api_key_accepted())
        reopened_();
}

}  // namespace tunnelkeyd::app
