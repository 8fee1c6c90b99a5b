"""Updates on their way in: journalled, judged, addressed."""
