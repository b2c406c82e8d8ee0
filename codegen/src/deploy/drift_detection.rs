//! Drift of a stack, as CloudFormation finds it: begun, waited for, read.

use std::time::Duration;

use super::aws_error::AwsError;
use super::cloudformation::{CloudFormation, Drifted};

const PAUSE: Duration = Duration::from_millis(300);
const LONGEST_PAUSE: Duration = Duration::from_secs(3);

/// The resources of a stack that were changed or deleted by hand.
pub(crate) async fn drifted(
    api: &impl CloudFormation,
    stack_id: &str,
) -> Result<Vec<Drifted>, AwsError> {
    let detection = api.detect_drift(stack_id).await?;
    let mut pause = PAUSE;
    while !api.drift_detected(&detection).await? {
        tokio::time::sleep(pause).await;
        pause = (pause * 3 / 2).min(LONGEST_PAUSE);
    }
    api.drifted(stack_id).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deploy::testing::{FakeCloudFormation, STACK_ID};

    #[tokio::test(start_paused = true)]
    async fn drift_is_read_only_when_its_detection_has_ended() {
        let api = FakeCloudFormation::default();
        api.lose("TargetRole");
        let found = drifted(&api, STACK_ID).await.unwrap();
        assert_eq!(found[0].logical_id, "TargetRole");
        assert_eq!(api.calls(), ["detect_drift", "look", "look"]);
    }
}
